using System.Buffers.Binary;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using MfsHa.Node.Exports;
using MfsHa.Node.Posix;
using MfsHa.Protocol;

namespace MfsHa.Node.Tests.Exports;

/// <summary>Random files and random clients, against a running mfsmaster. Skipped where none is installed.</summary>
public sealed class DifferentialExportsTests
{
    private const int LinesOfFile = 400;
    private const int Requests = 400;
    private const int LinesOfDecisions = 12;
    private const int RegisterReplyLength = 49;
    private const uint Version3 = 0x000300EA;

    private static readonly string[] _addresses =
    [
        "*", "*", "127.0.0.1", "127.0.0.2-127.0.0.5", "127.0.0.4/30", "127.0.0.0/255.0.0.0", "127.0.0.1/255.0.0.1", "127.0.0.3-127.0.0.1", "1.2.3.4/0",
        "bad", "1.2.3.256",
    ];

    private static readonly string[] _paths = ["/", "/", ".", "/a", "/a/b", "a/", "/a/b/c", "//", ".a"];

    private static readonly string[] _separators = [" ", "\t", "  ", " \t"];

    // No goals that contradict each other: up to 4.56 a DEFAULTS line's goal counts there, since 4.57 (and here) only those of the line itself.
    private static readonly string[] _options =
    [
        "rw", "ro", "readwrite", "readonly", "alldirs", "admin", "canchangequota", "dynamicip", "ignoregid", "maproot=0", "maproot=0:0", "maproot=5:6",
        "maproot=daemon", "maproot=nosuch", "mapall=7:8", "mapall=:9", "password=abc", "password=x y", "md5pass=900150983cd24fb0d6963f7d28e17f72",
        "md5pass=1", "minversion=3", "minversion=3.0.234", "minversion=3.0.235", "minversion=4.1", "minversion=x", "umask=0022", "umask=22",
        "mintrashtime=1h30m", "mintrashtime=1w", "maxtrashtime=2h", "maxtrashtime=100", "mingoal=0", "maxgoal=9", "disable=read:write", "disable=chown",
        "disable=none", "unknown", "",
    ];

    private readonly int _seed;
    private readonly Random _random;

    public DifferentialExportsTests()
    {
        _seed = Random.Shared.Next();
#pragma warning disable CA5394 // A seed that can be given again is the point.
        _random = new Random(_seed);
    }

    private T Pick<T>(params ReadOnlySpan<T> choices) => choices[_random.Next(choices.Length)];

    private string Lines(int count, int maxOptions)
    {
        var lines = new List<string>();
        while (lines.Count < count)
        {
            string separator = Pick<string>(_separators);
            string options = string.Join(',', Enumerable.Range(0, _random.Next(maxOptions + 1)).Select(_ => Pick<string>(_options)));
            string end = options.Length == 0 ? "" : separator + options;
            lines.Add(_random.Next(20) switch
            {
                0 => "DEFAULTS" + end,
                1 => "#" + Pick<string>(_addresses) + separator + Pick<string>(_paths) + end,
                2 => Pick<string>(_addresses),
                _ => Pick<string>(_addresses) + separator + Pick<string>(_paths) + end,
            });
        }

        return string.Join('\n', lines);
    }
#pragma warning restore CA5394

    [Fact]
    public async Task Random_files_mean_what_they_mean_to_mfsmaster()
    {
        Assert.SkipWhen(RunningMaster.Program is null, "mfsmaster is not installed");
        string file = "* / rw\n" + Lines(LinesOfFile, maxOptions: 6);
        await using RunningMaster master = await RunningMaster.StartAsync(file, TestContext.Current.CancellationToken);
        byte[] info = await master.ExportsInfoAsync(TestContext.Current.CancellationToken);
        ExportTable table = ExportsParser.Parse(Encoding.Latin1.GetBytes(file), UserDatabase.Instance);
        List<string> expected = [.. ReadInfo(info)];
        string[] actual = [.. table.Rules.Select(ExportText.Show)];
        Assert.True(expected.SequenceEqual(actual), $"seed {_seed}, file:\n{file}\n\nfirst difference:\n{FirstDifference(expected, actual)}");
    }

    [Fact]
    public async Task Random_clients_are_treated_as_mfsmaster_treats_them()
    {
        Assert.SkipWhen(RunningMaster.Program is null, "mfsmaster is not installed");
        string file = "* / rw,umask=0001\n" + Lines(LinesOfDecisions, maxOptions: 4);
        await using RunningMaster master = await RunningMaster.StartAsync(file, TestContext.Current.CancellationToken);
        ExportTable table = ExportsParser.Parse(Encoding.Latin1.GetBytes(file), UserDatabase.Instance);
        var requests = Enumerable.Range(0, Requests).Select(_ => (
            Pick(1, 2, 3, 4, 5, 6),
            Pick<string?>("/", "", "/a", "/a/", "a/b", "/a/b/c", "/ab", "//", null),
            Pick<string?>(null, "abc", "x y", "wrong")));
        foreach ((int host, string? path, string? password) in requests.Distinct())
        {
            byte[]? digest = password is null ? null : Digest(password);
            byte[] answer = await master.NewSessionAsync($"127.0.0.{host}", path, digest, TestContext.Current.CancellationToken);
            byte[] challenge = RandomNumberGenerator.GetBytes(32);
            byte[] response = new byte[16];
            if (digest is not null)
            {
                PasswordChallenge.Compute(challenge, digest, response);
            }

            ExportDecision decision = table.Decide(new ExportRequest(
                BinaryPrimitives.ReadUInt32BigEndian(IPAddress.Parse($"127.0.0.{host}").GetAddressBytes()),
                Version3,
                path is null,
                Encoding.Latin1.GetBytes(path ?? ""),
                digest is null ? default : challenge,
                digest is null ? default : response));
            string expected = Show(answer, path is null);
            Assert.True(
                expected == Show(decision, path),
                $"seed {_seed}, file:\n{file}\n\nclient 127.0.0.{host} path {path ?? "(meta)"} password {password ?? "(none)"}: expected {expected}, found {Show(decision, path)}");
        }
    }

    // The namespace is empty: a path that exports permit and that is not the root does not exist.
    private static string Show(ExportDecision decision, string? path)
    {
        if (decision.Rule is not { } rule)
        {
            return $"status {(byte)decision.Status}";
        }

        if (path is null)
        {
            return $"meta {(byte)rule.Flags:x2}";
        }

        return path.Trim('/').Length > 0
            ? "status 3"
            : $"{(byte)rule.Flags:x2} {rule.Umask} {rule.RootUid}:{rule.RootGid} {rule.MapAllUid}:{rule.MapAllGid} {rule.MinTrashSeconds} {rule.MaxTrashSeconds} {(uint)rule.Disables:x}";
    }

    private static string Show(byte[] answer, bool isMeta)
    {
        if (answer.Length == 1)
        {
            return $"status {answer[0]}";
        }

        if (isMeta)
        {
            return $"meta {answer[16]:x2}";
        }

        Assert.Equal(RegisterReplyLength, answer.Length);
        return $"{answer[16]:x2} {U16(answer, 17)} {U32(answer, 19)}:{U32(answer, 23)} {U32(answer, 27)}:{U32(answer, 31)} {U32(answer, 37)} {U32(answer, 41)} {U32(answer, 45):x}";
    }

    private static IEnumerable<string> ReadInfo(byte[] info)
    {
        for (int at = 0; at < info.Length;)
        {
            int length = (int)U32(info, at + 8);
            int r = at + 12 + length;
            yield return $"from={Address(info, at)} to={Address(info, at + 4)} path={Encoding.Latin1.GetString(info, at + 12, length)} minver={U32(info, r):x6} extra={info[r + 4]}"
                + $" ses={info[r + 5]:x2} umask={Convert.ToString(U16(info, r + 6), 8).PadLeft(3, '0')} root=({U32(info, r + 8)},{U32(info, r + 12)})"
                + $" all=({U32(info, r + 16)},{U32(info, r + 20)}) trash=({U32(info, r + 26)},{U32(info, r + 30)}) dis={U32(info, r + 34):x7}";
            at = r + 38;
        }
    }

    private static string FirstDifference(List<string> expected, string[] actual)
    {
        int i = expected.Zip(actual).TakeWhile(p => p.First == p.Second).Count();
        return $"rule {i}: mfsmaster {expected.ElementAtOrDefault(i)}\n        mfsha     {actual.ElementAtOrDefault(i)}";
    }

    private static string Address(byte[] data, int at) => new IPAddress(data.AsSpan(at, 4)).ToString();

    private static ushort U16(byte[] data, int at) => BinaryPrimitives.ReadUInt16BigEndian(data.AsSpan(at));

    private static uint U32(byte[] data, int at) => BinaryPrimitives.ReadUInt32BigEndian(data.AsSpan(at));

    private static byte[] Digest(string password)
    {
        byte[] digest = new byte[16];
        PasswordChallenge.Digest(Encoding.Latin1.GetBytes(password), digest);
        return digest;
    }
}
