namespace MfsHa.Playground.MooseFs;

/// <summary>Ports of an mfsmaster (<c>configure.ac: DEFAULT_PORTBASE</c>).</summary>
public static class MooseFsPorts
{
    public const int MetaLogger = 9419;
    public const int ChunkServer = 9420;
    public const int Client = 9421;
}
