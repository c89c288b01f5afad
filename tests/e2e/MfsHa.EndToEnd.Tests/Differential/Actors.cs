using System.IO.Hashing;
using MfsHa.Testbed.Native;

namespace MfsHa.EndToEnd.Tests.Differential;

/// <summary>The threads that act as the users of a script.</summary>
internal sealed class Actors : IDisposable
{
    public const uint Alice = 20_101;
    public const uint Bob = 20_102;
    public const uint Carol = 20_103;
    public const uint Staff = 20_200;

    private readonly Dictionary<Actor, Identity> identities = new()
    {
        [Actor.Root] = new Identity(0, 0),
        [Actor.Alice] = new Identity(Alice, Alice, Staff),
        [Actor.Bob] = new Identity(Bob, Bob),
        [Actor.Carol] = new Identity(Carol, Staff),
    };

    // The first use of an assembly reads its file, which another user need not be allowed to do.
    public Actors() => _ = Crc32.HashToUInt32([]);

    public Identity this[Actor actor] => identities[actor];

    public void Dispose()
    {
        foreach (var identity in identities.Values)
        {
            identity.Dispose();
        }
    }
}
