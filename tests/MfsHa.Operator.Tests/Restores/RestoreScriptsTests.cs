using System.Diagnostics;
using MfsHa.Operator.Restores;
using Xunit;

namespace MfsHa.Operator.Tests.Restores;

/// <summary>The scripts by a real shell, on a directory as a volume is, with a program in mfsha's place; each is ended anywhere, and run again.</summary>
public sealed class RestoreScriptsTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("mfsha-restore-").FullName;
    private readonly string _data;
    private readonly string _bin;

    public RestoreScriptsTests()
    {
        _data = Directory.CreateDirectory(Path.Combine(_root, "a volume")).FullName;
        _bin = Directory.CreateDirectory(Path.Combine(_root, "bin")).FullName;
        foreach (string file in new[] { "identity", ".hidden", "raft/CURRENT", "state/a b", "lost+found/x" })
        {
            Write(file, "old");
        }

        // It refuses what mfsha refuses: a directory with an identity; and leaves an unfinished one when it is broken off.
        Program("mfsha", """
            [ ! -e identity ] || { echo "is not empty"; exit 1; }
            [ -z "${BREAK:-}" ] || { echo unfinished >identity; exit 1; }
            mkdir -p raft && echo new >raft/CURRENT && echo new >identity
            """);
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void What_there_was_is_set_aside_whole_and_once()
    {
        Assert.Equal(0, Run(RestoreScripts.Aside).ExitCode);
        string[] expected = ["former-r/.hidden", "former-r/.whole", "former-r/identity", "former-r/raft/CURRENT", "former-r/state/a b", "lost+found/x"];
        Assert.Equal(expected, Files());
        Write("identity", "newer");
        Assert.Equal(0, Run(RestoreScripts.Aside).ExitCode);
        Assert.Equal([.. expected.Append("identity").Order(StringComparer.Ordinal)], Files());
    }

    [Fact]
    public void A_volume_is_filled_once_and_what_a_broken_attempt_has_left_is_no_hindrance()
    {
        Assert.NotEqual(0, Run(RestoreScripts.Fill, ("BREAK", "1")).ExitCode);
        Assert.Equal("unfinished", Read("identity"));
        Assert.Equal(0, Run(RestoreScripts.Fill).ExitCode);
        Assert.Equal(("new", "old", "old"), (Read("identity"), Read("former-r/identity"), Read("former-r/state/a b")));
        Write("identity", "newer");
        Assert.Equal(0, Run(RestoreScripts.Fill).ExitCode);
        Assert.Equal("newer", Read("identity"));
    }

    [Fact]
    public void What_was_put_in_its_place_is_kept_when_all_is_undone()
    {
        string[] before = Files();
        Assert.Equal(0, Run(RestoreScripts.Fill).ExitCode);
        Assert.Equal(0, Run(RestoreScripts.Revert).ExitCode);
        Assert.Equal([.. before.Concat(["replaced-r/identity", "replaced-r/raft/CURRENT"]).Order(StringComparer.Ordinal)], Files());
        Assert.Equal("old", Read("identity"));
        Assert.Equal(0, Run(RestoreScripts.Revert).ExitCode);
        Assert.Equal("old", Read("identity"));
    }

    [Fact]
    public void What_an_earlier_restore_has_kept_is_put_back_and_what_serves_now_is_kept()
    {
        Assert.Equal(0, Run(RestoreScripts.Fill).ExitCode);
        (string, string)[] other = [("FORMER", "former-back"), ("SOURCE", "former-r")];
        for (int time = 0; time < 2; time++)
        {
            Assert.Equal(0, Run(RestoreScripts.PutBack, other).ExitCode);
            Assert.Equal(("old", "old", "new"), (Read("identity"), Read("state/a b"), Read("former-back/identity")));
        }

        Assert.False(Directory.Exists(Path.Combine(_data, "former-r")));
        Assert.NotEqual(0, Run(RestoreScripts.PutBack, ("FORMER", "former-x"), ("SOURCE", "former-unknown")).ExitCode);
        Assert.Equal("old", Read("identity"));
    }

    // mv and mfsha end the script at their n-th call, for every n; then it is run again.
    [Theory]
    [InlineData(nameof(RestoreScripts.Aside))]
    [InlineData(nameof(RestoreScripts.Fill))]
    [InlineData(nameof(RestoreScripts.PutBack))]
    [InlineData(nameof(RestoreScripts.Revert))]
    public void Whenever_a_script_is_killed_nothing_is_lost_and_it_goes_on(string name)
    {
        string script = (string)typeof(RestoreScripts).GetField(name)!.GetRawConstantValue()!;
        (string, string)[] variables = [];
        if (name == nameof(RestoreScripts.PutBack))
        {
            Assert.Equal(0, Run(RestoreScripts.Fill).ExitCode);
            variables = [("FORMER", "former-back"), ("SOURCE", "former-r")];
        }
        else if (name == nameof(RestoreScripts.Revert))
        {
            Assert.Equal(0, Run(RestoreScripts.Fill).ExitCode);
        }

        string counter = Path.Combine(_root, "count");
        foreach (string program in new[] { "mv", "rm", "rmdir", "touch", "sync", "mkdir" })
        {
            // Before and after what it does, in turn.
            Program(program, $"""
                count=$(($(cat '{counter}') + 1)); echo $count >'{counter}'
                [ $count -ne $((2 * KILL - 1)) ] || kill -9 $PPID
                [ $count -eq $((2 * KILL - 1)) ] || /bin/{program} "$@"
                count=$(($(cat '{counter}') + 1)); echo $count >'{counter}'
                [ $count -ne $((2 * KILL)) ] || kill -9 $PPID
                """);
        }

        int kill = 0;
        int code;
        do
        {
            Assert.True(++kill < 100, "it never ends");
            File.WriteAllText(counter, "0");
            code = Run(script, [.. variables, ("KILL", kill.ToString(System.Globalization.CultureInfo.InvariantCulture))]).ExitCode;
            Assert.Equal(4, Directory.EnumerateFiles(_data, "*", SearchOption.AllDirectories).Count(f => File.ReadAllText(f).Trim() == "old" && !f.Contains("lost+found", StringComparison.Ordinal)));
        }
        while (code != 0);
        Assert.True(kill > 1, "it was not killed once");
        string[] expected = name switch
        {
            nameof(RestoreScripts.Aside) => ["former-r/.hidden", "former-r/.whole", "former-r/identity", "former-r/raft/CURRENT", "former-r/state/a b", "lost+found/x"],
            nameof(RestoreScripts.Fill) =>
                ["former-r/.filled", "former-r/.hidden", "former-r/.whole", "former-r/identity", "former-r/raft/CURRENT", "former-r/state/a b", "identity", "lost+found/x", "raft/CURRENT"],
            nameof(RestoreScripts.PutBack) =>
                [".hidden", "former-back/.back", "former-back/.whole", "former-back/identity", "former-back/raft/CURRENT", "identity", "lost+found/x", "raft/CURRENT", "state/a b"],
            _ => [".hidden", "identity", "lost+found/x", "raft/CURRENT", "replaced-r/identity", "replaced-r/raft/CURRENT", "state/a b"],
        };
        Assert.Equal(expected, Files());
    }

    [Theory]
    [InlineData("metaid 0ABC, made", 0)]
    [InlineData("metaid 0ABD, made", 1)]
    public void A_backup_of_another_file_system_is_refused(string said, int code)
    {
        Program("mfsha-admin", $"echo 'x.mfs: whole'; echo '{said}'");
        Assert.Equal(code, Run(RestoreScripts.Check, ("METADATA_ID", "0ABC")).ExitCode);
    }

    [Fact]
    public void What_is_wrong_with_a_backup_is_said()
    {
        Program("mfsha-admin", "echo 'bytes 7..9 are damaged'; exit 1");
        (int code, string said) = Run(RestoreScripts.Check, ("METADATA_ID", "0ABC"));
        Assert.Equal((1, "bytes 7..9 are damaged"), (code, said.Trim()));
    }

    private void Program(string name, string body)
    {
        string path = Path.Combine(_bin, name);
        File.WriteAllText(path, "#!/bin/sh\n" + body + "\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private void Write(string file, string content)
    {
        string path = Path.Combine(_data, file);
        _ = Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
    }

    private string Read(string file) => File.ReadAllText(Path.Combine(_data, file)).Trim();

    private string[] Files() => [.. Directory.EnumerateFiles(_data, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(_data, f)).Order(StringComparer.Ordinal)];

    private (int ExitCode, string Said) Run(string script, params (string Name, string Value)[] variables)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", script]) { RedirectStandardError = true, RedirectStandardOutput = true };
        start.Environment["PATH"] = $"{_bin}:/usr/bin:/bin";
        foreach ((string name, string value) in new[] { ("DATA", _data), ("FORMER", "former-r"), ("REPLACED", "replaced-r"), ("CONFIG", "mfsha.cfg"), ("BACKUP", "x.mfs") }.Concat(variables))
        {
            start.Environment[name] = value;
        }

        using Process process = Process.Start(start)!;
        string said = process.StandardOutput.ReadToEnd() + process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, said);
    }
}
