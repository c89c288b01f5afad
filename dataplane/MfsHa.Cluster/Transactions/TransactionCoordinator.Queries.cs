using MfsHa.Metadata.Operations;
using MfsHa.Metadata.Sharding;
using MfsHa.Protocol;

namespace MfsHa.Cluster.Transactions;

/// <content>Queries, which may need records of other shards.</content>
public sealed partial class TransactionCoordinator
{
    /// <summary>Answers a query; the shard's log has confirmed its leadership before the state is read.</summary>
    public async ValueTask<Reply> AnswerAsync(Query query, CancellationToken cancellation)
    {
        var since = clock.Milliseconds;
        for (var pause = FirstPause; ; pause = Math.Min(pause * 2, LongestPause))
        {
            await shard.ReadBarrierAsync(cancellation).ConfigureAwait(false);
            var (reply, index) = shard.Answer(query, []);
            if (reply is ElsewhereReply elsewhere)
            {
                reply = await LearnsQuotasAsync(elsewhere.Needs, cancellation).ConfigureAwait(false)
                    ? HeldReply.Somewhere
                    : await AnswerWithOthersAsync(query, elsewhere.Needs, index, cancellation).ConfigureAwait(false);
            }

            if (reply is not HeldReply held)
            {
                return reply;
            }

            await WaitAsync(held, since, pause, cancellation).ConfigureAwait(false);
        }
    }

    // The records of other shards are fetched, then everything is looked at once more. What one shard says in one answer was true at one moment: if nothing here
    // has changed since before that, everything was true then. Otherwise the others are asked again, and what they say twice was true in between.
    private async ValueTask<Reply> AnswerWithOthersAsync(Query query, RecordNeed[] needs, long index, CancellationToken cancellation)
    {
        var records = new ForeignKnowledge(shard.Layout!);
        if (needs.Select(n => shard.Layout!.ShardOf(n.Unit)).Distinct().Count() > 1)
        {
            index = NoMoment;
        }

        var asked = new AskedNeeds();
        for (var round = 0; round < MaxRounds; round++)
        {
            if (await FetchAsync(records, needs, cancellation).ConfigureAwait(false) is { } refusal)
            {
                return refusal;
            }

            await shard.ReadBarrierAsync(cancellation).ConfigureAwait(false);
            var (reply, now) = shard.Answer(query, records.All);
            if (reply is ElsewhereReply more)
            {
                if (!asked.BringForward(more.Needs))
                {
                    return HeldReply.Somewhere;
                }

                needs = await LearnsQuotasAsync(more.Needs, cancellation).ConfigureAwait(false) ? [] : more.Needs;
                index = NoMoment;
                continue;
            }

            if (reply is HeldReply || now == index)
            {
                return reply;
            }

            var again = new ForeignKnowledge(shard.Layout!);
            if (await FetchAsync(again, records.Needs, cancellation).ConfigureAwait(false) is { } denied)
            {
                return denied;
            }

            if (again.Says(records))
            {
                return reply;
            }

            records = again;
            needs = [];
        }

        return StatusReply.Of(StatusCode.EAgain);
    }
}
