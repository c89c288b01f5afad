using System.Reflection;
using MfsHa.Node.Configuration;
using MfsHa.Node.Configuration.Keys;

namespace MfsHa.Node.Tests.Configuration;

public sealed class ConfigurationReferenceTests
{
    [Fact]
    public void Docs_are_what_the_table_says() => AssertFile("docs/configuration.md", ConfigurationReference.ToMarkdown());

    [Fact]
    public void The_sample_file_is_what_the_table_says() => AssertFile("dataplane/MfsHa.Node/etc/mfsha.cfg.sample", ConfigurationReference.ToSample());

    [Fact]
    public void The_sample_file_with_every_line_switched_on_is_a_valid_configuration()
    {
        string[] names = [.. ConfigurationReader.KeysByName.Keys];
        IEnumerable<string> lines = ConfigurationReference.ToSample().Split('\n')
            .Select(l => names.Any(n => l.StartsWith($"# {n} =", StringComparison.Ordinal)) ? l[2..] : l);
        ConfigurationFile file = ConfigurationFile.Parse("sample", string.Join('\n', lines));
        Assert.Equal(names.Length, file.Entries.Count);
        Assert.Empty(ConfigurationReader.Read(file, _ => null).Warnings);
    }

    [Fact]
    public void Every_key_that_is_declared_is_in_the_table()
    {
        IEnumerable<ConfigurationKey> declared = typeof(KeySection).Assembly.GetTypes()
            .Where(t => t.Namespace == typeof(KeySection).Namespace)
            .SelectMany(t => t.GetFields(BindingFlags.Static | BindingFlags.Public))
            .Where(f => f.FieldType.IsSubclassOf(typeof(ConfigurationKey)))
            .Select(f => (ConfigurationKey)f.GetValue(null)!);
        Assert.Equal(declared.Select(k => k.Name).Order(StringComparer.Ordinal), ConfigurationReader.KeysByName.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void No_key_is_both_ours_and_without_effect() =>
        Assert.Empty(ConfigurationReader.KeysByName.Keys.Intersect(ForeignKeys.Reasons.Keys));

    private static void AssertFile(string path, string text)
    {
        string file = Path.Combine(Repository.Root, path);
        if (Environment.GetEnvironmentVariable("MFSHA_UPDATE_DOCS") == "1")
        {
            File.WriteAllText(file, text);
        }

        Assert.True(File.ReadAllText(file) == text, $"{path} is not up to date; run the tests with MFSHA_UPDATE_DOCS=1 to write it anew");
    }
}
