using MfsHa.Testbed.Deployments;

namespace MfsHa.EndToEnd.Tests.MetadataFiles;

public sealed class ImportFrom3Tests() : ImportSuite(ServiceKind.MfsMaster3, MooseFsRelease.V3, fallsBack: false);

public sealed class ImportFrom4Tests() : ImportSuite(ServiceKind.MfsMaster4, MooseFsRelease.V4, fallsBack: true);
