using MfsHa.Admin.Commands;

// mfsha-backup is mfsha-admin's command of that name.
return await AdminCommand.RunAsync(["backup", .. args], Console.Out, Console.Error);
