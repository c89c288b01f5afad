using MfsHa.Node.Commands;
using MfsHa.Node.Daemon;
using MfsHa.Node.Hosting;

// A daemon inherits the environment that it needs from the command that starts it.
RuntimeTuning.Apply(isNode: args.Contains("-f") || args.Contains("--foreground"));
return await NodeCommand.RunAsync(args, environment => new NodeHost(environment));
