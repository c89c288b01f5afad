using Xunit.Sdk;
using Xunit.v3;

// Elections are a matter of time: clusters of other tests on the same processors would be part of the measurement.
[assembly: Parallelization(Mode = ParallelMode.None)]
