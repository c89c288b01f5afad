namespace MfsHa.Storage;

/// <summary>For work that blocks a thread for long, such as writing out a store: the thread pool of a node is small, and heartbeats and requests wait behind it.</summary>
public static class OwnThread
{
    /// <summary>Runs <paramref name="work"/> on a thread of its own.</summary>
    public static Task RunAsync(Action work, CancellationToken cancellation) =>
        Task.Factory.StartNew(work, cancellation, TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach, TaskScheduler.Default);

    /// <summary>Runs <paramref name="work"/> on a thread of its own and returns its result.</summary>
    public static Task<T> RunAsync<T>(Func<T> work, CancellationToken cancellation) =>
        Task.Factory.StartNew(work, cancellation, TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach, TaskScheduler.Default);
}
