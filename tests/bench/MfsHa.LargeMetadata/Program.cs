using System.Globalization;
using MfsHa.LargeMetadata;

if (args is not [var path, var count] || !uint.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var objects) || objects is < MetadataGenerator.FewestObjects or > MetadataGenerator.MostObjects)
{
    await Console.Error.WriteLineAsync(
        string.Create(CultureInfo.InvariantCulture, $"usage: mfsha-large-metadata FILE OBJECTS ({MetadataGenerator.FewestObjects}..{MetadataGenerator.MostObjects}): writes a metadata.mfs of 3.0.117 with so many objects, for measuring imports"));
    return 1;
}

await using var file = new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1 << 20);
new MetadataGenerator(objects).Write(file);
return 0;
