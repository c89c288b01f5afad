using System.Numerics;

namespace MfsHa.MetadataFile.Import.Objects;

/// <summary>A set of inode numbers: a bit for each, in pages that are made when they are needed. At most 64 MiB, for all numbers that there are.</summary>
internal sealed class NumberSet
{
    private const int PageBits = 16;
    private const int WordBits = 6;
    private const int WordsPerPage = 1 << (PageBits - WordBits);
    private ulong[]?[] pages = [];

    /// <summary>Adds a number; false when it is in the set already.</summary>
    public bool Add(uint number)
    {
        var page = (int)(number >> PageBits);
        if (page >= pages.Length)
        {
            Array.Resize(ref pages, Math.Max(page + 1, 2 * pages.Length));
        }

        ref var word = ref (pages[page] ??= new ulong[WordsPerPage])[WordOf(number)];
        var bit = 1UL << (int)(number & 63);
        if ((word & bit) != 0)
        {
            return false;
        }

        word |= bit;
        return true;
    }

    /// <summary>True when the number is in the set.</summary>
    public bool Contains(uint number)
    {
        var page = (int)(number >> PageBits);
        return page < pages.Length && pages[page] is { } words && (words[WordOf(number)] >> (int)(number & 63) & 1) != 0;
    }

    /// <summary>A numbering of the set's members, ascending from 0. Numbers that are added later are not in it.</summary>
    public Ranks Rank()
    {
        var ranks = new (int Before, ushort[] Words)[pages.Length];
        var before = 0;
        for (var page = 0; page < pages.Length; page++)
        {
            if (pages[page] is not { } words)
            {
                continue;
            }

            var counts = new ushort[WordsPerPage];
            var inPage = 0;
            for (var word = 0; word < WordsPerPage; word++)
            {
                // The last word of a full page has 65,472 before it: that fits.
                counts[word] = (ushort)inPage;
                inPage += BitOperations.PopCount(words[word]);
            }

            ranks[page] = (before, counts);
            before += inPage;
        }

        return new Ranks(this, ranks, before);
    }

    /// <summary>All members, ascending.</summary>
    public IEnumerable<uint> All()
    {
        for (var page = 0; page < pages.Length; page++)
        {
            if (pages[page] is not { } words)
            {
                continue;
            }

            for (var word = 0; word < WordsPerPage; word++)
            {
                for (var left = words[word]; left != 0; left &= left - 1)
                {
                    yield return ((uint)page << PageBits) | ((uint)word << WordBits) | (uint)BitOperations.TrailingZeroCount(left);
                }
            }
        }
    }

    private static int WordOf(uint number) => (int)(number >> WordBits) & (WordsPerPage - 1);

    /// <summary>Which member of a set a number is.</summary>
    internal sealed class Ranks(NumberSet set, (int Before, ushort[] Words)[] ranks, int count)
    {
        /// <summary>Members of the set.</summary>
        public int Count => count;

        /// <summary>The place of a member, from 0 on.</summary>
        public int Of(uint number)
        {
            var (before, words) = ranks[number >> PageBits];
            var word = WordOf(number);
            var below = set.pages[number >> PageBits]![word] & ((1UL << (int)(number & 63)) - 1);
            return before + words[word] + BitOperations.PopCount(below);
        }
    }
}
