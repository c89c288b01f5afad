namespace MfsHa.Demo.View;

/// <summary>The signs of the picture, for terminals with and without Unicode.</summary>
/// <param name="Bars">From empty to full.</param>
internal sealed record Glyphs(string Bars, string Waiting, string Running, string Done, string Failed, string Nothing)
{
    private static readonly Glyphs Unicode = new(" ▁▂▃▄▅▆▇█", "·", "▸", "✓", "✗", "–");
    private static readonly Glyphs Ascii = new(" .:-=+*%#", ".", ">", "+", "x", "-");

    public static Glyphs For(bool unicode) => unicode ? Unicode : Ascii;
}
