namespace MfsHa.FileAgent;

/// <summary>One line to an agent, as JSON.</summary>
/// <param name="Path">A full path; empty for calls about an open file.</param>
/// <param name="To">The other path of rename and link.</param>
/// <param name="Number">Offset, length, number of bytes to read, or flags of a rename.</param>
/// <param name="Handle">Number of an open file, chosen by whoever opens it.</param>
/// <param name="Length">Length of a range.</param>
public sealed record AgentRequest(AgentCall Call, string Path, string To = "", long Number = 0, byte[]? Data = null, int Handle = 0, long Length = 0);
