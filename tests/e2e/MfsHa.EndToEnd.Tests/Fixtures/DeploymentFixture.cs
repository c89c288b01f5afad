using MfsHa.Testbed.Deployments;

namespace MfsHa.EndToEnd.Tests.Fixtures;

/// <summary>A running file system that all tests of a class share.</summary>
public sealed class DeploymentFixture<TPlan> : IAsyncLifetime
    where TPlan : IPlan
{
    private Deployment? deployment;

    public Deployment Deployment => deployment ?? throw new InvalidOperationException("the fixture has not been initialised");

    public async ValueTask InitializeAsync() => deployment = await Deployment.StartAsync(TPlan.Plan);

    public ValueTask DisposeAsync() => deployment?.DisposeAsync() ?? ValueTask.CompletedTask;
}
