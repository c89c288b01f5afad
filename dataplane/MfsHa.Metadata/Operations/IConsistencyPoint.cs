namespace MfsHa.Metadata.Operations;

/// <summary>A command that marks an index of a log at which every replica computes the checksum of its state.</summary>
public interface IConsistencyPoint
{
    /// <summary>Names the mark.</summary>
    Guid Point { get; }
}
