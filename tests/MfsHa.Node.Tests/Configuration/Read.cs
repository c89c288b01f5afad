using MfsHa.Node.Configuration;

namespace MfsHa.Node.Tests.Configuration;

/// <summary>Reads configurations from text.</summary>
internal static class Read
{
    public static LoadedConfiguration File(string text, params (string Name, string Value)[] environment) =>
        ConfigurationReader.Read(
            ConfigurationFile.Parse("mfsha.cfg", text),
            name => environment.Where(v => v.Name == name).Select(v => v.Value).FirstOrDefault());

    public static NodeConfiguration Node(string text, params (string Name, string Value)[] environment) => File(text, environment).Node;

    public static string[] Errors(string text, params (string Name, string Value)[] environment) =>
        [.. Assert.Throws<ConfigurationException>(() => File(text, environment)).Errors.Select(e => e.ToString())];
}
