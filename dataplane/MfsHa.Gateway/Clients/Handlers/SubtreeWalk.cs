using MfsHa.Gateway.Clients.Requests;
using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Rules;
using MfsHa.Protocol;

namespace MfsHa.Gateway.Clients.Handlers;

/// <summary>Where a step through a subtree begins.</summary>
/// <param name="Top">Top of the part that belongs to one shard; null for the one that the request names.</param>
/// <param name="From">Where the step before ended; null for the first of the part.</param>
internal readonly record struct SubtreePlace(uint? Top, TreeCursor? From)
{
    /// <summary>The request's very first step.</summary>
    public bool IsFirst => Top is null && From is null;

    /// <summary>The top to be named to the shard.</summary>
    public uint Or(uint named) => Top ?? named;
}

/// <summary>
/// Goes through a subtree in bounded steps, and through the parts of it that belong to other shards. As with one shard, what is moved meanwhile may be met
/// twice or not at all if the subtree is larger than a step.
/// </summary>
internal static class SubtreeWalk
{
    /// <summary>Most parts of other shards that wait for their turn. A directory of so many objects of other shards was made by hand.</summary>
    private const int MaxWaiting = 1 << 20;

    /// <summary>Returns the status to answer with; <paramref name="take"/> gets every step's answer.</summary>
    public static async Task<StatusCode> RunAsync<TStep>(PendingRequest request, MakeStep step, Action<TStep> take)
        where TStep : Reply, ISubtreeStep
    {
        var waiting = new Stack<SubtreePlace>([default]);
        while (waiting.TryPop(out var at))
        {
            var reply = await request.ExecuteAsync(step(at)).ConfigureAwait(false);
            if (reply.Status != StatusCode.Ok)
            {
                if (at.Top is not null && reply.Status is StatusCode.ENoEnt or StatusCode.EPerm)
                {
                    // Gone meanwhile, or an object that has no such value: inside of a shard it would have been passed over, too.
                    continue;
                }

                return reply.Status;
            }

            var answer = Expect.Reply<TStep>(reply);
            take(answer);
            if (answer.Next is { } next)
            {
                waiting.Push(at with { From = next });
            }

            foreach (var top in answer.Elsewhere)
            {
                waiting.Push(new SubtreePlace(top, null));
            }

            if (waiting.Count > MaxWaiting)
            {
                return StatusCode.ENotSup;
            }
        }

        return StatusCode.Ok;
    }
}
