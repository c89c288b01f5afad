namespace MfsHa.Testbed.Native;

/// <summary>A call of the C library failed with <see cref="Error"/>.</summary>
public sealed class PosixException(Errno error, string call, string subject)
    : IOException($"{call} {subject}: {error} ({(int)error})")
{
    public Errno Error { get; } = error;
}
