namespace MfsHa.Operator.Sdk.Reconciliation;

/// <summary>What has to happen before an entity may go.</summary>
/// <typeparam name="TEntity">The entity.</typeparam>
public interface IEntityFinalizer<TEntity>
{
    /// <summary>Name in the entity's metadata, such as "mfsha.io/cluster".</summary>
    string Identifier { get; }

    /// <summary>One pass; true when everything is done and the finalizer may be taken off.</summary>
    Task<bool> FinalizeAsync(TEntity entity, CancellationToken cancellation);
}
