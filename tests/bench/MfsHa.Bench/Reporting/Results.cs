namespace MfsHa.Bench.Reporting;

/// <summary>What was measured on one subject, in the order in which it was measured.</summary>
internal sealed class Results(string subject)
{
    private readonly List<Measurement> measurements = [];

    public string Subject { get; } = subject;

    public IReadOnlyList<Measurement> Measurements => measurements;

    /// <summary>Called with every new measurement.</summary>
    public Action<Measurement>? Added { get; init; }

    public void Add(string name, Unit unit, double value)
    {
        var measurement = new Measurement(name, unit, value);
        measurements.Add(measurement);
        Added?.Invoke(measurement);
    }

    /// <summary>The value of a measurement, or null if it was not made on this subject.</summary>
    public double? Find(string name) => measurements.Find(m => m.Name == name)?.Value;
}
