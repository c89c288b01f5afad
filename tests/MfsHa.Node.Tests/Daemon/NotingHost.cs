using MfsHa.Node.Configuration;
using MfsHa.Node.Daemon;

namespace MfsHa.Node.Tests.Daemon;

/// <summary>A node without anything in it: appends what it is asked for to the file "events". INSTANCE_NAME says how it misbehaves.</summary>
internal sealed class NotingHost(NodeEnvironment environment) : INodeHost
{
    private readonly TaskCompletionSource _failure = new();

    private string DataPath => environment.Configuration.Node.DataPath;

    public Task Failure => _failure.Task;

    public Task StartAsync(CancellationToken cancellation)
    {
        switch (environment.Configuration.Node.FileSystem.InstanceName)
        {
            case "fails":
                throw new InvalidOperationException("this node fails on purpose");
            case "crashes":
                Environment.FailFast("this node crashes on purpose");
                break;
            case "fails later":
                Note("start");
                _failure.SetException(new IOException("the disk failed on purpose"));
                return Task.CompletedTask;
        }

        Note("start");
        return Task.CompletedTask;
    }

    public Task ReloadAsync(NodeConfiguration configuration, CancellationToken cancellation)
    {
        Note($"reload {configuration.Log.Level} {configuration.AdminPort} {environment.Exports.Table.Rules[0].ShownPath}");
        return Task.CompletedTask;
    }

    public Task DescribeAsync(TextWriter writer, CancellationToken cancellation) => writer.WriteLineAsync("all is well");

    public Task StopAsync(CancellationToken cancellation)
    {
        Note("stop");
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private void Note(string what) => File.AppendAllText(Path.Combine(DataPath, "events"), what + "\n");
}
