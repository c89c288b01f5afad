using System.CommandLine;
using System.CommandLine.Parsing;
using Grpc.Core;
using MfsHa.Admin.Exports;
using MfsHa.Admin.ObjectStores;
using MfsHa.Admin.Operations;
using MfsHa.Security;

namespace MfsHa.Admin.Commands;

/// <summary>The command line of <c>mfsha-admin</c>.</summary>
public static class AdminCommand
{
    private const int DefaultPort = 9431;
    private const int ShortTimeout = 10;
    private const int LongTimeout = 3600;
    private const int MaxTimeout = 86_400;

    /// <summary>Runs a command line. The output goes to <paramref name="output"/>, what went wrong to <paramref name="error"/>.</summary>
    public static Task<int> RunAsync(IReadOnlyList<string> arguments, TextWriter output, TextWriter error) => RunAsync(arguments, output, error, Environment.GetEnvironmentVariable);

    /// <summary>The same with an environment of the caller's.</summary>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, TextWriter output, TextWriter error, Func<string, string?> environment)
    {
        var options = new CommonOptions(environment);
        RootCommand root = Create(options, output);
        ParseResult parsed = root.Parse(arguments);
        var invocation = new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false };
        try
        {
            int exitCode = await parsed.InvokeAsync(invocation).ConfigureAwait(false);
            return parsed.Errors.Count > 0 ? ExitCode.Usage : exitCode;
        }
        catch (UnreachableException e)
        {
            await error.WriteLineAsync("no node answers: " + e.Message).ConfigureAwait(false);
            return ExitCode.Unreachable;
        }
        catch (RpcException e)
        {
            await error.WriteLineAsync($"{e.Status.Detail} ({e.StatusCode})").ConfigureAwait(false);
            return e.StatusCode switch
            {
                StatusCode.Unavailable => ExitCode.Unavailable,
                StatusCode.Unauthenticated => ExitCode.NotAllowed,
                _ => ExitCode.Trouble,
            };
        }
        catch (Exception e) when (e is UsageException or SecurityFileException)
        {
            await error.WriteLineAsync(e.Message).ConfigureAwait(false);
            return ExitCode.Usage;
        }
        catch (OperationCanceledException)
        {
            await error.WriteLineAsync("interrupted").ConfigureAwait(false);
            return ExitCode.Trouble;
        }
        catch (Exception e) when (e is ExportException or ObjectStoreException)
        {
            await error.WriteLineAsync(e.Message).ConfigureAwait(false);
            return ExitCode.Trouble;
        }
    }

    /// <summary>All commands, for the manual page.</summary>
    public static RootCommand Describe() => Create(new CommonOptions(static _ => null), TextWriter.Null);

    private static RootCommand Create(CommonOptions options, TextWriter output)
    {
        var root = new RootCommand(
            "Administers an mfsha cluster through any of its nodes. Exit codes: 0 done or healthy; 1 degraded, different or refused; 2 no quorum or incomplete; 3 no node answers; 4 not let in; 64 wrong command line.")
        {
            options.Host, options.Port, options.Timeout, options.Format,
            StatusCommand.Create(options, output),
            ConsistencyCheckCommand.Create(options, output),
            MembershipCommand.Create(options, output),
            ResignCommand.Create(options, output),
            ExportMetadataCommand.Create(options, output),
            BackupCommand.Create(options, output),
            VerifyRestoreCommand.Create(options, output),
            PruneBackupsCommand.Create(options.Environment, output),
            StoredBackupCommands.CreatePush(options.Environment, output),
            StoredBackupCommands.CreateFetch(options.Environment, output),
            ReleaseDeletionsCommand.Create(options, output),
        };
        foreach (Command command in OperationsCommands.Create(options, output))
        {
            root.Subcommands.Add(command);
        }

        foreach (Option option in options.Security.All)
        {
            root.Options.Add(option);
        }

        return root;
    }

    internal sealed class CommonOptions
    {
        public Option<string> Host { get; } = new("--host")
        {
            Description = "Nodes to ask, host[:port] separated by commas; the first that answers counts.",
            Recursive = true,
            DefaultValueFactory = _ => "127.0.0.1",
        };

        public Option<int> Port { get; } = new("--port") { Description = "Their admin port (MFSHA_ADMIN_PORT).", Recursive = true, DefaultValueFactory = _ => DefaultPort };

        public Option<int?> Timeout { get; } = new("--timeout")
        {
            Description = "Seconds for a call (default 10; 3600 for what moves or reads whole states: consistency-check, export-metadata, node add, node remove).",
            HelpName = "SECONDS",
            Recursive = true,
        };

        public Option<OutputFormat> Format { get; } = new("--output", "-o")
        {
            Description = "How to print.",
            HelpName = "text|json",
            Recursive = true,
            DefaultValueFactory = _ => OutputFormat.Text,
        };

        public SecurityOptions Security { get; }

        /// <summary>Variables of the environment.</summary>
        public Func<string, string?> Environment { get; }

        public CommonOptions(Func<string, string?> environment)
        {
            Environment = environment;
            Security = new SecurityOptions(environment);
            Timeout.Validators.Add(result =>
            {
                if (result.GetValueOrDefault<int?>() is < 1 or > MaxTimeout)
                {
                    result.AddError($"--timeout: expected 1..{MaxTimeout} seconds");
                }
            });
            Host.Validators.Add(result =>
            {
                if (!AdminTarget.TryParse(result.GetValueOrDefault<string>(), DefaultPort, default, out _))
                {
                    result.AddError("--host: expected host[:port], several separated by commas");
                }
            });
        }

        /// <summary>Where to call, and how long.</summary>
        /// <param name="parsed">The command line.</param>
        /// <param name="isLong">True for a call that moves or reads whole states.</param>
        public AdminTarget TargetOf(ParseResult parsed, bool isLong = false)
        {
            int seconds = parsed.GetValue(Timeout) ?? (isLong ? LongTimeout : ShortTimeout);
            _ = AdminTarget.TryParse(parsed.GetValue(Host)!, parsed.GetValue(Port), TimeSpan.FromSeconds(seconds), out AdminTarget target);
            return target with { Credentials = Security.Read(parsed) };
        }
    }
}
