using System.Globalization;
using System.IO.Hashing;
using MfsHa.EndToEnd.Tests.Posix;
using MfsHa.Testbed.Native;
using P = MfsHa.Testbed.Native.Posix;

namespace MfsHa.EndToEnd.Tests.Differential.Operations;

/// <summary>Opens, writes <paramref name="Length"/> bytes of a seed at an offset, closes.</summary>
internal sealed record Write(Actor As, string Path, OpenFlags Flags, long Offset, int Length, ulong Seed) : Operation(As)
{
    public override void Teach(NameModel names) => names.Add(Path, NameKind.File);

    protected override string Run(Func<string, string> at, TimeScale times)
    {
        using var file = new PosixFile(at(Path), OpenFlags.Write | OpenFlags.NonBlocking | Flags);
        if (Flags.HasFlag(OpenFlags.Append))
        {
            file.Append(Content.Bytes(Seed, Length));
        }
        else
        {
            file.Write(Content.Bytes(Seed, Length), Offset);
        }
        return "done";
    }
}

/// <summary>Length and checksum of the first bytes of a file.</summary>
internal sealed record Read(Actor As, string Path) : Operation(As)
{
    private const int Limit = 256 << 10;

    public static string Describe(string path)
    {
        using var file = new PosixFile(path, OpenFlags.Read | OpenFlags.NonBlocking);
        var buffer = new byte[Limit];
        var length = file.Read(buffer, 0);
        return string.Create(CultureInfo.InvariantCulture, $"{length} bytes {Crc32.HashToUInt32(buffer.AsSpan(0, length)):x8}");
    }

    protected override string Run(Func<string, string> at, TimeScale times) => Describe(at(Path));
}

/// <summary>truncate(2).</summary>
internal sealed record Truncate(Actor As, string Path, long Length) : Operation(As)
{
    protected override string Run(Func<string, string> at, TimeScale times)
    {
        P.Truncate(at(Path), Length);
        return "done";
    }
}
