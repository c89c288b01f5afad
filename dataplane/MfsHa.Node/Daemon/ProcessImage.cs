using System.Collections;
using System.Text;
using MfsHa.Node.Posix;

namespace MfsHa.Node.Daemon;

/// <summary>The program that this process runs, with its arguments and environment.</summary>
internal static class ProcessImage
{
    /// <summary>The arguments as the kernel has them: with "dotnet" and the dll, if it was started so.</summary>
    public static List<byte[]> Arguments()
    {
        var arguments = new List<byte[]>();
        ReadOnlySpan<byte> rest = File.ReadAllBytes("/proc/self/cmdline");
        while (rest.IndexOf((byte)0) is >= 0 and int end)
        {
            arguments.Add(rest[..end].ToArray());
            rest = rest[(end + 1)..];
        }

        return arguments;
    }

    /// <summary>The environment with what was set since the start, as "name=value".</summary>
    public static List<byte[]> Variables()
    {
        var variables = new List<byte[]>();
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            variables.Add(Encoding.UTF8.GetBytes($"{variable.Key}={variable.Value}"));
        }

        return variables;
    }

    /// <summary>Runs the program from its beginning with the environment of now, as the same process. Returns only if that is not possible.</summary>
    public static unsafe void Replace()
    {
        using var arguments = new NativeStrings(Arguments());
        using var variables = new NativeStrings(Variables());
        _ = NativeMethods.Execute(Environment.ProcessPath!, arguments.Pointer, variables.Pointer);
    }
}
