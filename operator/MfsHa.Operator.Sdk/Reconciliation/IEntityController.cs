namespace MfsHa.Operator.Sdk.Reconciliation;

/// <summary>Brings what is towards what an entity wants. Idempotent; never two passes over one entity at once.</summary>
/// <typeparam name="TEntity">The entity.</typeparam>
public interface IEntityController<TEntity>
{
    /// <summary>One pass. The entity is a copy that may be changed.</summary>
    Task<ReconciliationResult<TEntity>> ReconcileAsync(TEntity entity, CancellationToken cancellation);
}
