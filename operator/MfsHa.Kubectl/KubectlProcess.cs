using System.Diagnostics;
using System.Text.Json.Nodes;

namespace MfsHa.Kubectl;

/// <summary>kubectl itself does the talking: its configuration, its credentials, its context.</summary>
/// <param name="Common">Options of every call: namespace, context, configuration file.</param>
internal sealed record KubectlProcess(IReadOnlyList<string> Common)
{
    /// <summary>Runs it with the terminal of this process; its exit code.</summary>
    public Task<int> RunAsync(CancellationToken cancellation, params IEnumerable<string> arguments) => RunAsync(arguments, input: null, cancellation);

    /// <summary>Makes or changes an object.</summary>
    public Task<int> FeedAsync(string verb, JsonObject manifest, CancellationToken cancellation) => RunAsync([verb, "-f", "-"], manifest.ToJsonString(), cancellation);

    /// <summary>Runs it; what it said. <see cref="PluginException"/> when it failed.</summary>
    public async Task<string> ReadAsync(CancellationToken cancellation, params IEnumerable<string> arguments)
    {
        using Process process = Start(arguments, redirectInput: false, redirectOutput: true);
        Task<string> output = process.StandardOutput.ReadToEndAsync(cancellation);
        string error = await process.StandardError.ReadToEndAsync(cancellation).ConfigureAwait(false);
        string text = await output.ConfigureAwait(false);
        await process.WaitForExitAsync(cancellation).ConfigureAwait(false);
        return process.ExitCode == 0 ? text : throw new PluginException(error.Trim());
    }

    /// <summary>An object, or a list.</summary>
    public async Task<JsonNode> GetAsync(CancellationToken cancellation, params IEnumerable<string> arguments) =>
        JsonNode.Parse(await ReadAsync(cancellation, ["get", .. arguments, "-o", "json"]).ConfigureAwait(false)) ?? throw new PluginException("kubectl answered nothing");

    private async Task<int> RunAsync(IEnumerable<string> arguments, string? input, CancellationToken cancellation)
    {
        using Process process = Start(arguments, redirectInput: input is not null, redirectOutput: false);
        if (input is not null)
        {
            await process.StandardInput.WriteAsync(input.AsMemory(), cancellation).ConfigureAwait(false);
            process.StandardInput.Close();
        }

        await process.WaitForExitAsync(cancellation).ConfigureAwait(false);
        return process.ExitCode;
    }

    private Process Start(IEnumerable<string> arguments, bool redirectInput, bool redirectOutput)
    {
        var start = new ProcessStartInfo("kubectl", [.. Common, .. arguments])
        {
            RedirectStandardInput = redirectInput,
            RedirectStandardOutput = redirectOutput,
            RedirectStandardError = redirectOutput,
        };
        try
        {
            return Process.Start(start) ?? throw new PluginException("kubectl could not be started");
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new PluginException($"kubectl could not be started: {e.Message}");
        }
    }
}

/// <summary>It cannot be done; the message says why.</summary>
internal sealed class PluginException(string message) : Exception(message);
