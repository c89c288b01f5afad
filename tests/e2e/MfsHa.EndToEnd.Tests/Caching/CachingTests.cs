using MfsHa.Testbed.Deployments;

namespace MfsHa.EndToEnd.Tests.Caching;

public sealed class CachingOnMfsMaster3() : CachingSuite(ServiceKind.MfsMaster3, MooseFsRelease.V3);

public sealed class CachingOnMfsMaster4() : CachingSuite(ServiceKind.MfsMaster4, MooseFsRelease.V4);

public sealed class CachingWith3Tests() : CachingSuite(ServiceKind.MfsHa, MooseFsRelease.V3);

public sealed class CachingWith4Tests() : CachingSuite(ServiceKind.MfsHa, MooseFsRelease.V4);
