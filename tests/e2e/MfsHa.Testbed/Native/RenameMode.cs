namespace MfsHa.Testbed.Native;

/// <summary>Flags of renameat2(2).</summary>
public enum RenameMode
{
    Replace = 0,
    NoReplace = 1,
    Exchange = 2,
}
