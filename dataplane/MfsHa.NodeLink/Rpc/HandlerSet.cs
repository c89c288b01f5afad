namespace MfsHa.NodeLink.Rpc;

/// <summary>The handlers by method number.</summary>
internal sealed class HandlerSet
{
    private readonly Dictionary<RpcMethod, RpcHandler> _registered = [];
    private RpcHandler?[]? _byNumber;

    public void Add(RpcMethod method, RpcHandler handler)
    {
        if (_byNumber is not null)
            throw new InvalidOperationException($"the handler of {method} came after the start");
        if (!_registered.TryAdd(method, handler))
            throw new InvalidOperationException($"{method} has a handler already");
    }

    public void Freeze()
    {
        var byNumber = new RpcHandler?[_registered.Keys.Select(method => (int)method).DefaultIfEmpty(0).Max() + 1];
        foreach (var (method, handler) in _registered)
            byNumber[(int)method] = handler;
        _byNumber = byNumber;
    }

    public RpcHandler? Find(RpcMethod method) => _byNumber is { } handlers && (int)method < handlers.Length ? handlers[(int)method] : null;
}
