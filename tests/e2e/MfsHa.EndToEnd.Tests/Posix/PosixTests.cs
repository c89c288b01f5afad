using MfsHa.EndToEnd.Tests.Fixtures;

namespace MfsHa.EndToEnd.Tests.Posix;

public sealed class PosixOnMfsMaster3(DeploymentFixture<PlainMooseFs3> fixture) : PosixErrorSuite<PlainMooseFs3>(fixture);

public sealed class PosixOnMfsMaster4(DeploymentFixture<PlainMooseFs4> fixture) : PosixErrorSuite<PlainMooseFs4>(fixture);
