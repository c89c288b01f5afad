namespace MfsHa.Demo.Model;

/// <summary>The course of a run: phases, events, stalls. The phases write it, a view reads it, each when it likes.</summary>
public sealed class Story(IReadOnlyList<string> titles, TimeProvider clock)
{
    private const int RememberedEvents = 20;

    private readonly Lock gate = new();
    private readonly long start = clock.GetTimestamp();
    private readonly (PhaseState State, TimeSpan Begin, TimeSpan End)[] phases = new (PhaseState, TimeSpan, TimeSpan)[titles.Count];
    private readonly Queue<DemoEvent> events = new();
    private readonly List<Stall> stalls = [];

    /// <summary>Called for each event as it happens, one at a time.</summary>
    public Action<DemoEvent>? Happened { get; set; }

    public TimeSpan Elapsed => clock.GetElapsedTime(start);

    public IReadOnlyList<Stall> Stalls
    {
        get
        {
            lock (gate)
            {
                return [.. stalls];
            }
        }
    }

    public IReadOnlyList<DemoEvent> Events
    {
        get
        {
            lock (gate)
            {
                return [.. events];
            }
        }
    }

    public IReadOnlyList<PhaseView> Phases
    {
        get
        {
            lock (gate)
            {
                return [.. phases.Select((phase, number) => new PhaseView(titles[number], phase.State, TookOf(phase)))];
            }
        }
    }

    public void Say(string text)
    {
        lock (gate)
        {
            var happened = new DemoEvent(Elapsed, text);
            events.Enqueue(happened);
            if (events.Count > RememberedEvents)
            {
                events.Dequeue();
            }
            Happened?.Invoke(happened);
        }
    }

    public void Begin(int phase)
    {
        lock (gate)
        {
            phases[phase] = (PhaseState.Running, Elapsed, default);
        }
        Say($"{titles[phase]} ...");
    }

    public void End(int phase, bool isDone)
    {
        lock (gate)
        {
            phases[phase] = (isDone ? PhaseState.Done : PhaseState.Failed, phases[phase].Begin, Elapsed);
        }
    }

    public void Add(Stall stall)
    {
        lock (gate)
        {
            stalls.Add(stall);
        }
    }

    private TimeSpan TookOf((PhaseState State, TimeSpan Begin, TimeSpan End) phase) => phase.State switch
    {
        PhaseState.Waiting => TimeSpan.Zero,
        PhaseState.Running => Elapsed - phase.Begin,
        _ => phase.End - phase.Begin,
    };
}
