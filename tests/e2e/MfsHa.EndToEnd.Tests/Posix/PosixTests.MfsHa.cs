using MfsHa.EndToEnd.Tests.Fixtures;

namespace MfsHa.EndToEnd.Tests.Posix;

public sealed class PosixOnMfsHaWith3And3(DeploymentFixture<MfsHaWith3And3> fixture) : PosixErrorSuite<MfsHaWith3And3>(fixture);

public sealed class PosixOnMfsHaWith4And4(DeploymentFixture<MfsHaWith4And4> fixture) : PosixSuite<MfsHaWith4And4>(fixture);

public sealed class PosixOnMfsHaWith3And4(DeploymentFixture<MfsHaWith3And4> fixture) : PosixSuite<MfsHaWith3And4>(fixture);

public sealed class PosixOnMfsHaWith4And3(DeploymentFixture<MfsHaWith4And3> fixture) : PosixSuite<MfsHaWith4And3>(fixture);

public sealed class PosixOnMfsHaWithEightShards(DeploymentFixture<MfsHaWithEightShards> fixture) : PosixErrorSuite<MfsHaWithEightShards>(fixture);
