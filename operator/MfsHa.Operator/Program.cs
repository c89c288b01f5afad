using MfsHa.Operator.Hosting;

return await OperatorProcess.RunAsync().ConfigureAwait(false);
