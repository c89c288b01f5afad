using MfsHa.Testbed.Deployments;

namespace MfsHa.EndToEnd.Tests.MetadataFiles;

public sealed class ChangelogsOf3Tests() : ChangelogSuite(ServiceKind.MfsMaster3, MooseFsRelease.V3);

public sealed class ChangelogsOf4Tests() : ChangelogSuite(ServiceKind.MfsMaster4, MooseFsRelease.V4);
