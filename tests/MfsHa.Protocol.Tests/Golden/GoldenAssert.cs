using Xunit;

namespace MfsHa.Protocol.Tests.Golden;

/// <summary>Checks over all samples of a file that report every failure, not the first.</summary>
internal static class GoldenAssert
{
    public static void All(IEnumerable<GoldenExchange> exchanges, Action<GoldenExchange> check)
    {
        var failures = new List<string>();
        int count = 0;
        foreach (GoldenExchange exchange in exchanges)
        {
            count++;
            try
            {
                check(exchange);
            }
            catch (Exception e)
            {
                failures.Add($"{exchange}\n    {e.GetType().Name}: {e.Message}");
            }
        }

        Assert.True(count > 0, "no samples");
        Assert.True(failures.Count == 0, $"{failures.Count} of {count} samples fail:\n{string.Join("\n", failures)}");
    }

    public static void Same(byte[] recorded, byte[] written) =>
        Assert.Equal(Convert.ToHexStringLower(recorded), Convert.ToHexStringLower(written));
}
