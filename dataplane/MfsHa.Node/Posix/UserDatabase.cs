using System.Runtime.InteropServices;
using System.Text;
using MfsHa.Node.Exports;

namespace MfsHa.Node.Posix;

/// <summary>The users and groups that the C library knows (files, LDAP...).</summary>
public sealed class UserDatabase : IUserDatabase
{
    // As mfsmaster's; large groups need more, which ERANGE tells.
    private const int InitialBuffer = 16 * 1024;
    private const int MaxBuffer = 16 * 1024 * 1024;
    private const int OutOfRange = 34;

    /// <summary>The only one.</summary>
    public static UserDatabase Instance { get; } = new();

    /// <inheritdoc/>
    public unsafe (uint Uid, uint Gid)? FindUser(string name)
    {
        byte[] zeroTerminated = Encoding.Latin1.GetBytes(name + '\0');
        return Find<NativeUser, (uint, uint)?>(
            (user, buffer, length, result) =>
            {
                fixed (byte* text = zeroTerminated)
                {
                    return NativeMethods.GetUserByName(text, user, buffer, length, result);
                }
            },
            user => (user.Uid, user.Gid));
    }

    /// <inheritdoc/>
    public unsafe uint? FindPrimaryGroup(uint uid) =>
        Find<NativeUser, uint?>((user, buffer, length, result) => NativeMethods.GetUserById(uid, user, buffer, length, result), user => user.Gid);

    /// <inheritdoc/>
    public unsafe uint? FindGroup(string name)
    {
        byte[] zeroTerminated = Encoding.Latin1.GetBytes(name + '\0');
        return Find<NativeGroup, uint?>(
            (group, buffer, length, result) =>
            {
                fixed (byte* text = zeroTerminated)
                {
                    return NativeMethods.GetGroupByName(text, group, buffer, length, result);
                }
            },
            group => group.Gid);
    }

    private unsafe delegate int NativeQuery<T>(T* record, byte* buffer, nuint length, T** result)
        where T : unmanaged;

    private static unsafe TResult? Find<T, TResult>(NativeQuery<T> query, Func<T, TResult> select)
        where T : unmanaged
    {
        for (int length = InitialBuffer; length <= MaxBuffer; length *= 2)
        {
            T record = default;
            T* found = null;
            byte* buffer = (byte*)NativeMemory.Alloc((nuint)length);
            try
            {
                int error = query(&record, buffer, (nuint)length, &found);
                if (error != OutOfRange)
                {
                    return found is null ? default : select(record);
                }
            }
            finally
            {
                NativeMemory.Free(buffer);
            }
        }

        return default;
    }
}
