using System.Globalization;
using MfsHa.Demo.Model;

namespace MfsHa.Demo.View;

/// <summary>One line for each event, for pipes and logs.</summary>
public sealed class PlainView(TextWriter output) : IDemoView
{
    public Task ShowAsync(Story story, Func<int, Picture> paint, Func<Task> work)
    {
        story.Happened = happened => output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{happened.At.TotalSeconds,7:0.0} s  {happened.Text}"));
        return work();
    }
}
