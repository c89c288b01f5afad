using System.CommandLine;
using System.Reflection;
using MfsHa.Admin.Commands;
using MfsHa.Admin.Output;
using MfsHa.Node.Commands;
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
    public void The_manual_pages_are_what_the_programs_say()
    {
        AssertFile("docs/man/mfsha.cfg.5", ConfigurationReference.ToManual());
        AssertFile("docs/man/mfsha.8", ManualPage.Of(
            NodeCommand.Create(static _ => throw new NotSupportedException()), "mfsha", "a node of a replicated metadata service for MooseFS", "mfsha.cfg(5)", "mfsha-admin(8)", "mfsha-backup(8)"));
        RootCommand admin = AdminCommand.Describe();
        AssertFile("docs/man/mfsha-admin.8", ManualPage.Of(admin, "mfsha-admin", "administer a cluster of mfsha", "mfsha(8)", "mfsha-backup(8)"));
        AssertFile("docs/man/mfsha-backup.8", ManualPage.Of(
            admin.Subcommands.Single(static c => c.Name == "backup"), "mfsha-backup", "back up the metadata of a running cluster of mfsha", "mfsha-admin(8)", "mfsha(8)"));
    }

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
