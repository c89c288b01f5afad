using MfsHa.Kubectl;

return await PluginCommand.Create(Console.Out).Parse(args).InvokeAsync().ConfigureAwait(false);
