namespace MfsHa.MetadataFile.Sections;

/// <summary>A place where writing may stop until more is wanted.</summary>
internal readonly record struct Pause;
