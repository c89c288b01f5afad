namespace MfsHa.Bench.Reporting;

/// <summary>What was measured on one subject, in the order in which it was measured.</summary>
internal sealed class Results(string subject)
{
    private readonly List<Measurement> measurements = [];

    public string Subject { get; } = subject;

    public IReadOnlyList<Measurement> Measurements => measurements;

    public void Add(Measurement measurement) => measurements.Add(measurement);

    /// <summary>A measurement by its name, or null if it was not made on this subject.</summary>
    public Measurement? Find(string name) => measurements.Find(m => m.Name == name);
}
