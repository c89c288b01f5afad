using System.Globalization;
using System.IO.Hashing;
using MfsHa.EndToEnd.Tests.Posix;
using MfsHa.Testbed.Native;
using P = MfsHa.Testbed.Native.Posix;

namespace MfsHa.EndToEnd.Tests.Differential.Operations;

/// <summary>Opens, writes <paramref name="Length"/> bytes of a seed at an offset, closes.</summary>
internal sealed record Write(Actor As, string Path, OpenFlags Flags, long Offset, int Length, ulong Seed) : Operation(As)
{
    public override bool IsOnData => true;

    public override void Teach(NameModel names) => names.Add(Path, NameKind.File);

    protected override string Run(View on)
    {
        using var file = new PosixFile(on.At(Path), OpenFlags.Write | OpenFlags.NonBlocking | Flags);
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

/// <summary>Length and checksum of a part of a file.</summary>
internal sealed record Read(Actor As, string Path, long Offset = 0) : Operation(As)
{
    public override bool IsOnData => true;

    private const int Limit = 256 << 10;

    public static string Describe(string path, long offset = 0)
    {
        using var file = new PosixFile(path, OpenFlags.Read | OpenFlags.NonBlocking);
        return Describe(file, offset);
    }

    public static string Describe(PosixFile file, long offset)
    {
        var buffer = new byte[Limit];
        var length = file.Read(buffer, offset);
        return string.Create(CultureInfo.InvariantCulture, $"{length} bytes {Crc32.HashToUInt32(buffer.AsSpan(0, length)):x8}");
    }

    protected override string Run(View on) => Describe(on.At(Path), Offset);
}

/// <summary>truncate(2).</summary>
internal sealed record Truncate(Actor As, string Path, long Length) : Operation(As)
{
    public override bool IsOnData => true;

    protected override string Run(View on)
    {
        P.Truncate(on.At(Path), Length);
        return "done";
    }
}
