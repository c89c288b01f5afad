using System.Globalization;

namespace MfsHa.Node.Exports;

/// <summary>IPv4 addresses from one to another, both included, as host-order numbers. A range whose end is below its start holds nothing.</summary>
public readonly record struct AddressRange(uint From, uint To)
{
    private const int Octets = 4;
    private const int AddressBits = 32;

    /// <summary>Every address.</summary>
    public static readonly AddressRange Any = new(0, uint.MaxValue);

    /// <summary>True when the address lies in the range.</summary>
    public bool Contains(uint address) => address >= From && address <= To;

    /// <summary>
    /// Parses <c>*</c>, <c>a.b.c.d</c>, <c>a.b.c.d/bits</c>, <c>a.b.c.d/mask</c> (any mask) or <c>a.b.c.d-e.f.g.h</c>
    /// (`mfsmaster/exports.c: exports_parsenet`). <c>/0</c> means the one address, as in the running mfsmaster (3.0.117, 4.56.6), not all.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<char> text, out AddressRange range)
    {
        range = Any;
        if (text is "*")
        {
            return true;
        }

        int separator = text.IndexOfAny('/', '-');
        if (!TryAddress(separator < 0 ? text : text[..separator], out uint first))
        {
            return false;
        }

        range = new AddressRange(first, first);
        if (separator < 0)
        {
            return true;
        }

        ReadOnlySpan<char> second = text[(separator + 1)..];
        if (text[separator] == '-')
        {
            bool ok = TryAddress(second, out uint last);
            range = new AddressRange(first, last);
            return ok;
        }

        if (TryOctet(second, out uint bits) && bits <= AddressBits)
        {
            uint mask = bits == 0 ? uint.MaxValue : uint.MaxValue << (int)(AddressBits - bits);
            range = Masked(first, mask);
            return true;
        }

        if (TryAddress(second, out uint givenMask))
        {
            range = Masked(first, givenMask);
            return true;
        }

        return false;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Show(From)}-{Show(To)}";

    private static AddressRange Masked(uint address, uint mask) => new(address & mask, (address & mask) | ~mask);

    private static bool TryAddress(ReadOnlySpan<char> text, out uint address)
    {
        address = 0;
        for (int i = 0; i < Octets; i++)
        {
            int dot = i == Octets - 1 ? text.Length : text.IndexOf('.');
            if (dot < 0 || !TryOctet(text[..dot], out uint octet))
            {
                return false;
            }

            address = (address << 8) | octet;
            text = text[Math.Min(dot + 1, text.Length)..];
        }

        return true;
    }

    private static bool TryOctet(ReadOnlySpan<char> text, out uint octet) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out octet) && octet <= byte.MaxValue;

    private static string Show(uint address) => $"{address >> 24}.{(address >> 16) & 255}.{(address >> 8) & 255}.{address & 255}";
}
