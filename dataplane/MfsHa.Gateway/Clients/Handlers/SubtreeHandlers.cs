using MfsHa.Gateway.Clients.Requests;
using MfsHa.Metadata.Operations;
using MfsHa.Protocol;
using MfsHa.Protocol.Client;

namespace MfsHa.Gateway.Clients.Handlers;

/// <summary>A step of an order about a whole subtree.</summary>
internal delegate Operation MakeStep(SubtreePlace at);

/// <summary>
/// Changes of whole subtrees (client-protocol 3.5). They go through the log in bounded steps, and tools are told the sums. The first step carries the
/// request's stamp; repeating the others changes nothing.
/// </summary>
internal sealed class SubtreeChangeHandler<TRequest, TAnswer>(SubtreeChangeHandler<TRequest, TAnswer>.Prepared prepare, Func<ulong, ulong, uint, TAnswer> answer)
    : ServingHandler<TRequest, (StatusCode Refusal, MakeStep Step)>
    where TRequest : IClientRequest<TRequest>
    where TAnswer : IClientReply<TAnswer>
{
    /// <summary>Checks what the session allows and makes the steps.</summary>
    public delegate (StatusCode Refusal, MakeStep Step) Prepared(TRequest request, in RequestContext context);

    /// <inheritdoc/>
    protected override (StatusCode Refusal, MakeStep Step) Prepare(TRequest request, in RequestContext context) => prepare(request, context);

    /// <inheritdoc/>
    protected override async Task ServeAsync(PendingRequest request, (StatusCode Refusal, MakeStep Step) order)
    {
        if (order.Refusal != StatusCode.Ok)
        {
            request.Answer(order.Refusal);
            return;
        }

        ulong changed = 0;
        ulong notChanged = 0;
        uint notPermitted = 0;
        var status = await SubtreeWalk.RunAsync<ChangeCountsReply>(request, order.Step, counts =>
        {
            changed += counts.Changed;
            notChanged += counts.NotChanged;
            notPermitted += counts.NotPermitted;
        }).ConfigureAwait(false);
        if (status != StatusCode.Ok)
        {
            request.Answer(status);
            return;
        }

        request.Answer(answer(changed, notChanged, notPermitted));
    }
}

/// <summary>Questions for the values in whole subtrees (client-protocol 3.5).</summary>
internal sealed class SubtreeCountHandler<TRequest, TAnswer>(MakeOperationSteps<TRequest> prepare, SubtreeCountHandler<TRequest, TAnswer>.MakeAnswer answer)
    : ServingHandler<TRequest, MakeStep>
    where TRequest : IClientRequest<TRequest>
    where TAnswer : IClientReply<TAnswer>
{
    /// <summary>Makes the answer out of the counts of files and directories by value.</summary>
    public delegate ValueTask<TAnswer> MakeAnswer(PendingRequest request, SortedDictionary<uint, uint> files, SortedDictionary<uint, uint> directories);

    /// <inheritdoc/>
    protected override MakeStep Prepare(TRequest request, in RequestContext context) => prepare(request, context);

    /// <inheritdoc/>
    protected override async Task ServeAsync(PendingRequest request, MakeStep order)
    {
        var files = new SortedDictionary<uint, uint>();
        var directories = new SortedDictionary<uint, uint>();
        var status = await SubtreeWalk.RunAsync<ValueCountsReply>(request, order, counts =>
        {
            Add(files, counts.Files);
            Add(directories, counts.Directories);
        }).ConfigureAwait(false);
        if (status != StatusCode.Ok)
        {
            request.Answer(status);
            return;
        }

        request.Answer(await answer(request, files, directories).ConfigureAwait(false));
    }

    private static void Add(SortedDictionary<uint, uint> sums, ValueCount[] counts)
    {
        foreach (var (value, count) in counts)
        {
            sums[value] = sums.GetValueOrDefault(value) + count;
        }
    }
}

/// <summary>Makes the steps of a question.</summary>
internal delegate MakeStep MakeOperationSteps<in TRequest>(TRequest request, in RequestContext context);
