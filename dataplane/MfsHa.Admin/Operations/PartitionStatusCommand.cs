using System.CommandLine;
using MfsHa.Admin.Contract;

namespace MfsHa.Admin.Operations;

/// <summary><c>partition-status</c>: who reaches whom.</summary>
internal static class PartitionStatusCommand
{
    public static Command Create(OperationsCall calls) => OperationsCall.Create(
        "partition-status", "Show which nodes reach which, by their pings. Exit code: 0 all reach all, 1 a link is broken, 2 the nodes are in parts, or one is down or cut off.", [],
        async (parsed, cancellation) =>
        {
            PartitionPicture picture = PartitionPicture.Of(await calls.DetailsAsync(parsed, [], cancellation));
            await calls.WriteAsync(parsed, picture, static p => p.ToText());
            return picture.Parts.Count != 1 ? ExitCode.Unavailable : picture.BrokenLinks.Count > 0 ? ExitCode.Trouble : ExitCode.Done;
        });
}
