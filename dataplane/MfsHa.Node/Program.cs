using MfsHa.Node.Commands;
using MfsHa.Node.Daemon;
using MfsHa.Node.Hosting;

RuntimeTuning.Apply();
return await NodeCommand.RunAsync(args, environment => new NodeHost(environment));
