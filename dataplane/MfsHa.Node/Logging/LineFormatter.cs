using System.Globalization;
using Serilog.Events;
using Serilog.Formatting;
using Serilog.Formatting.Display;

namespace MfsHa.Node.Logging;

/// <summary>
/// Writes an event as one line, and below it where its exception comes from. What a library (DotNext, Kestrel) only warns of, mostly a peer that is away, is no fault of the program: the exception's
/// messages are enough then, in the same line.
/// </summary>
/// <param name="head">Template of the line up to its message.</param>
internal sealed class LineFormatter(string head) : ITextFormatter
{
    private const int MaxCauses = 5;

    private readonly MessageTemplateTextFormatter _line = new(head + "{Message:lj}", CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public void Format(LogEvent logEvent, TextWriter output)
    {
        _line.Format(logEvent, output);
        if (logEvent.Exception is not null && logEvent.Level <= LogEventLevel.Warning && !SourceEnricher.IsOwn(logEvent))
        {
            WriteCauses(logEvent.Exception, output);
            output.WriteLine();
            return;
        }

        output.WriteLine();
        if (logEvent.Exception is not null)
        {
            output.WriteLine(logEvent.Exception);
        }
    }

    // An exception often repeats what the one inside it says.
    private static void WriteCauses(Exception exception, TextWriter output)
    {
        string said = "";
        int left = MaxCauses;
        for (Exception? cause = exception; cause is not null && left > 0; cause = cause.InnerException, left--)
        {
            string message = cause.Message.ReplaceLineEndings(" ");
            if (!said.Contains(message, StringComparison.Ordinal))
            {
                output.Write(": ");
                output.Write(message);
                said = message;
            }
        }
    }
}
