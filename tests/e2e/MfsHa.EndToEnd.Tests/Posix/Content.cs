using System.Buffers.Binary;
using MfsHa.Testbed.Native;

namespace MfsHa.EndToEnd.Tests.Posix;

/// <summary>Bytes that look random but follow from a seed and their position, so any part of a file can be checked by itself.</summary>
internal static class Content
{
    private const int BlockSize = 1 << 20;
    private const int WordSize = sizeof(ulong);

    /// <summary>Fills <paramref name="target"/> with what belongs at <paramref name="offset"/>.</summary>
    public static void Fill(Span<byte> target, ulong seed, long offset)
    {
        Span<byte> word = stackalloc byte[WordSize];
        for (var i = 0; i < target.Length;)
        {
            var position = offset + i;
            BinaryPrimitives.WriteUInt64LittleEndian(word, Mix(seed + (ulong)(position / WordSize)));
            var within = (int)(position % WordSize);
            var count = Math.Min(WordSize - within, target.Length - i);
            word.Slice(within, count).CopyTo(target[i..]);
            i += count;
        }
    }

    public static byte[] Bytes(ulong seed, int length, long offset = 0)
    {
        var bytes = new byte[length];
        Fill(bytes, seed, offset);
        return bytes;
    }

    /// <summary>Creates or overwrites a file of <paramref name="length"/> bytes.</summary>
    public static void WriteFile(string path, ulong seed, long length)
    {
        using var file = new PosixFile(path, OpenFlags.ReadWrite | OpenFlags.Create | OpenFlags.Truncate);
        Write(file, seed, 0, length);
    }

    public static void Write(PosixFile file, ulong seed, long offset, long length)
    {
        var block = new byte[BlockSize];
        for (long done = 0; done < length;)
        {
            var part = block.AsSpan(0, (int)Math.Min(BlockSize, length - done));
            Fill(part, seed, offset + done);
            file.Write(part, offset + done);
            done += part.Length;
        }
    }

    /// <summary>The file has exactly <paramref name="length"/> bytes and they are the seed's.</summary>
    public static void AssertFile(string path, ulong seed, long length)
    {
        Assert.Equal(length, Testbed.Native.Posix.Stat(path).Size);
        using var file = new PosixFile(path, OpenFlags.Read);
        Assert.Equal(0, file.Read(new byte[1], length));
        AssertRange(file, seed, 0, length);
    }

    public static void AssertRange(PosixFile file, ulong seed, long offset, long length)
        => AssertBlocks(file, offset, length, (expected, position) => Fill(expected, seed, position));

    /// <summary>A hole reads as zeros.</summary>
    public static void AssertZeros(PosixFile file, long offset, long length)
        => AssertBlocks(file, offset, length, static (expected, _) => expected.Clear());

    private delegate void Expectation(Span<byte> expected, long position);

    private static void AssertBlocks(PosixFile file, long offset, long length, Expectation expectation)
    {
        byte[] expected = new byte[BlockSize], actual = new byte[BlockSize];
        for (long done = 0; done < length;)
        {
            var count = (int)Math.Min(BlockSize, length - done);
            Assert.Equal(count, file.Read(actual.AsSpan(0, count), offset + done));
            expectation(expected.AsSpan(0, count), offset + done);
            var different = expected.AsSpan(0, count).CommonPrefixLength(actual.AsSpan(0, count));
            Assert.True(different == count, $"byte {offset + done + different} differs");
            done += count;
        }
    }

    // SplitMix64: Steele, Lea, Flood, "Fast splittable pseudorandom number generators".
    private static ulong Mix(ulong value)
    {
        value = (value + 0x9E3779B97F4A7C15) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
