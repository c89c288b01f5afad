using MfsHa.Operator.Generate;

// The repository's root; the directory that it runs in where nothing is said.
string root = args is [var path] ? path : ".";
foreach ((string name, string content) in GeneratedFiles.All)
{
    string file = Path.Combine(root, name);
    _ = Directory.CreateDirectory(Path.GetDirectoryName(file)!);
    await File.WriteAllTextAsync(file, content).ConfigureAwait(false);
    Console.WriteLine(file);
}
