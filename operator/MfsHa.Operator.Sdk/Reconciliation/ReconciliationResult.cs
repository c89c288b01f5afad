namespace MfsHa.Operator.Sdk.Reconciliation;

/// <summary>How a pass over an entity ended.</summary>
/// <typeparam name="TEntity">The entity.</typeparam>
/// <param name="IsSuccess">False: it is tried again, later and later.</param>
/// <param name="RequeueAfter">When to look again although nothing has changed; null: not.</param>
/// <param name="Message">Why it failed.</param>
public sealed record ReconciliationResult<TEntity>(bool IsSuccess, TimeSpan? RequeueAfter, string? Message)
{
    /// <summary>All was done that could be.</summary>
    public static ReconciliationResult<TEntity> Success(TimeSpan? requeueAfter = null) => new(true, requeueAfter, null);

    /// <summary>Something did not work.</summary>
    public static ReconciliationResult<TEntity> Failure(string message) => new(false, null, message);
}
