namespace MfsHa.Playground.MooseFs;

/// <summary>The mfsexports.cfg of all sandboxes.</summary>
public static class Exports
{
    /// <summary>Everybody may mount everything, root stays root; also the meta file system.</summary>
    public static void Write(string path)
        => File.WriteAllText(path, "* / rw,alldirs,admin,maproot=0:0\n* . rw\n");
}
