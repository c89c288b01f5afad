using System.Buffers.Binary;
using MfsHa.Testbed;

namespace MfsHa.EndToEnd.Tests.Incidents;

/// <summary>
/// A program whose wall clock can be stepped while it runs, and nobody else's: a library that is loaded before libc adds to CLOCK_REALTIME what a file says. The monotonic clock stays, as it
/// does when a host's clock is set.
/// </summary>
internal sealed class SteppedClock
{
    private const int FileLength = 4096;

    private const string Library = """
        #define _GNU_SOURCE
        #include <dlfcn.h>
        #include <fcntl.h>
        #include <stdlib.h>
        #include <sys/mman.h>
        #include <sys/time.h>
        #include <time.h>

        static volatile long long *offset;

        __attribute__((constructor)) static void begin(void)
        {
            int file = open(getenv("STEPPED_CLOCK"), O_RDONLY);
            void *map = mmap(0, 4096, PROT_READ, MAP_SHARED, file, 0);
            offset = map == MAP_FAILED ? 0 : map;
        }

        int clock_gettime(clockid_t clock, struct timespec *now)
        {
            static int (*real)(clockid_t, struct timespec *);
            if (!real) real = dlsym(RTLD_NEXT, "clock_gettime");
            int result = real(clock, now);
            if (result == 0 && offset && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) now->tv_sec += *offset;
            return result;
        }

        int gettimeofday(struct timeval *restrict now, void *restrict zone)
        {
            struct timespec exact;
            int result = clock_gettime(CLOCK_REALTIME, &exact);
            now->tv_sec = exact.tv_sec;
            now->tv_usec = exact.tv_nsec / 1000;
            return result;
        }

        time_t time(time_t *out)
        {
            struct timespec exact;
            clock_gettime(CLOCK_REALTIME, &exact);
            if (out) *out = exact.tv_sec;
            return exact.tv_sec;
        }
        """;

    private readonly string file;

    private SteppedClock(string file, string program)
    {
        this.file = file;
        Program = program;
    }

    /// <summary>What to start instead of the program.</summary>
    public string Program { get; }

    /// <summary>Prepares it for a program; null where there is no C compiler.</summary>
    public static async Task<SteppedClock?> TryCreateAsync(TestEnvironment environment, string name, string program, CancellationToken cancellation)
    {
        const string Compiler = "/usr/bin/gcc";
        if (!File.Exists(Compiler))
        {
            return null;
        }

        var folder = environment.CreateFolder(name);
        var (source, library, file, script) = (Path.Combine(folder, "clock.c"), Path.Combine(folder, "clock.so"), Path.Combine(folder, "offset"), Path.Combine(folder, "run"));
        await File.WriteAllTextAsync(source, Library, cancellation);
        await Command.RunAsync([Compiler, "-O2", "-shared", "-fPIC", "-o", library, source, "-ldl"], cancellation);
        await File.WriteAllBytesAsync(file, new byte[FileLength], cancellation);
        await File.WriteAllTextAsync(script, $"#!/bin/sh\nSTEPPED_CLOCK={file} LD_PRELOAD={library} exec {program} \"$@\"\n", cancellation);
        await Command.RunAsync(["chmod", "755", script], cancellation);
        return new SteppedClock(file, script);
    }

    /// <summary>From now on the clock is so far from the true one.</summary>
    public void Set(TimeSpan offset)
    {
        var bytes = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, (long)offset.TotalSeconds);
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Write);
        stream.Write(bytes);
    }
}
