using System.Globalization;

namespace MfsHa.MetadataFile;

/// <summary>A metadata.mfs cannot be read, or a state cannot be written as one. The message says where and what was expected.</summary>
public sealed class MetadataFileException : Exception
{
    /// <summary>A problem without a place in a file.</summary>
    public MetadataFileException(string message)
        : base(message)
    {
    }

    /// <summary>A problem at a place of a file.</summary>
    /// <param name="section">Name of the section, "file" outside of sections.</param>
    /// <param name="offset">Bytes from the file's beginning.</param>
    /// <param name="message">What is wrong.</param>
    public MetadataFileException(string section, long offset, string message)
        : base(string.Create(CultureInfo.InvariantCulture, $"section {section}, offset {offset}: {message}"))
    {
        Section = section;
        Offset = offset;
    }

    /// <summary>Section with the damage; null when there is no place.</summary>
    public string? Section { get; }

    /// <summary>Where the damage is, bytes from the file's beginning.</summary>
    public long Offset { get; }
}
