namespace MfsHa.Demo.Model;

/// <summary>Something that happened.</summary>
/// <param name="At">Since the start of the demo.</param>
/// <param name="Text">One line.</param>
public sealed record DemoEvent(TimeSpan At, string Text);
