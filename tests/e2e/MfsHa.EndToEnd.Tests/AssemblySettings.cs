// Real programs share two processors and are sensitive to starvation: one file system at a time.
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]
