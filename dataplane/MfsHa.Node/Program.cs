using MfsHa.Node.Commands;
using MfsHa.Node.Hosting;

return await NodeCommand.RunAsync(args, environment => new NodeHost(environment));
