namespace Kernels.Tool;

/// <summary>What the tour visits, family by family. A new family adds a line here and a file beside this one.</summary>
static class TourFamilies
{
    public static IReadOnlyList<TourEntry> All(bool quick) => [.. SoftmaxTour.Entries(), .. LogBesselTour.Entries(), .. ExamplesTour.Entries(quick)];
}
