namespace MfsHa.Protocol;

/// <summary>The low byte of <see cref="LookupFlags"/>.</summary>
public static class LookupAccess
{
    /// <summary>
    /// One bit per access mask that <paramref name="granted"/> covers: the form in which LOOKUP answers "may open it so"
    /// (`mfsmaster/filesystem.c: fsnodes_accessmode` feeds the same table).
    /// </summary>
    public static LookupFlags FlagsFor(AccessMask granted)
    {
        int flags = 0;
        for (int mask = 0; mask < 8; mask++)
        {
            if ((mask & (int)granted) == mask)
            {
                flags |= 1 << mask;
            }
        }

        return (LookupFlags)flags;
    }
}
