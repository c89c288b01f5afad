using MfsHa.Admin.Commands;

return await AdminCommand.RunAsync(args, Console.Out, Console.Error);
