using MfsHa.Testbed.Deployments;

namespace MfsHa.EndToEnd.Tests.Caching;

public sealed class CachingOnMfsMaster3() : CachingSuite(ServiceKind.MfsMaster3, MooseFsRelease.V3)
{
    [Fact(Explicit = true)]
    public Task What_one_client_has_closed_another_that_caches_opens() => RunAsync();
}

public sealed class CachingOnMfsMaster4() : CachingSuite(ServiceKind.MfsMaster4, MooseFsRelease.V4)
{
    [Fact(Explicit = true)]
    public Task What_one_client_has_closed_another_that_caches_opens() => RunAsync();
}

public sealed class CachingWith3Tests() : CachingSuite(ServiceKind.MfsHa, MooseFsRelease.V3)
{
    [Fact(Explicit = true)]
    public Task What_one_client_has_closed_another_that_caches_opens() => RunAsync();
}

public sealed class CachingWith4Tests() : CachingSuite(ServiceKind.MfsHa, MooseFsRelease.V4)
{
    [Fact]
    public Task What_one_client_has_closed_another_that_caches_opens() => RunAsync();
}
