using MfsHa.Demo.Model;

namespace MfsHa.Demo.View;

/// <summary>Shows a run while it goes on.</summary>
public interface IDemoView
{
    /// <summary>Returns when <paramref name="work"/> has ended, however.</summary>
    /// <param name="story">What happens.</param>
    /// <param name="paint">Makes the picture of the moment, with so many time slices.</param>
    /// <param name="work">Starts the run; called once.</param>
    Task ShowAsync(Story story, Func<int, Picture> paint, Func<Task> work);
}
