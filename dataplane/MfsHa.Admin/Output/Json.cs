using System.Text.Json;

namespace MfsHa.Admin.Output;

/// <summary>Writes the JSON documents of <c>--output json</c>.</summary>
internal static class Json
{
    private static readonly JsonSerializerOptions _options = new(JsonSerializerDefaults.Web) { WriteIndented = false };

    public static Task WriteAsync<T>(TextWriter output, T document) => output.WriteLineAsync(JsonSerializer.Serialize(document, _options));
}
