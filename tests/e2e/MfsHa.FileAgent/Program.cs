using System.Text.Json;
using MfsHa.FileAgent;

// An application of its own: whoever starts and stops the nodes must have no file of the mount open, because starting a program closes
// such files in the child first, which waits for the very nodes that are to be started.
using var calls = new FileCalls();
while (Console.In.ReadLine() is { } line)
{
    var request = JsonSerializer.Deserialize<AgentRequest>(line) ?? throw new FormatException($"no request: {line}");
    Console.Out.WriteLine(JsonSerializer.Serialize(calls.Do(request)));
    Console.Out.Flush();
}
