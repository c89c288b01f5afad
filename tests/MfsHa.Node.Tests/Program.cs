using MfsHa.Node.Commands;
using MfsHa.Node.Tests;
using MfsHa.Node.Tests.Daemon;

// "mfsha ...": this is the node under test, with a host that only notes what it is asked for. Otherwise the runner of the tests.
if (args is [NodeUnderTest.ProgramArgument, .. string[] rest])
{
    return await NodeCommand.RunAsync(rest, environment => new NotingHost(environment));
}

return args.Any(a => a is "--server" or "--internal-msbuild-node")
    ? await Xunit.MicrosoftTestingPlatform.TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions)
    : await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args);
