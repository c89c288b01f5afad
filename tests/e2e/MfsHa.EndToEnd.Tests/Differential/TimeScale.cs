using System.Globalization;

namespace MfsHa.EndToEnd.Tests.Differential;

/// <summary>
/// Makes times comparable between two services that did the same a moment apart: a time near the run is "now", any other was
/// set explicitly and must agree to the second.
/// </summary>
internal sealed class TimeScale(DateTimeOffset start)
{
    private const long NearSeconds = 3600;

    public string Describe(long time)
        => Math.Abs(time - start.ToUnixTimeSeconds()) < NearSeconds ? "now" : time.ToString(CultureInfo.InvariantCulture);
}
