namespace Kernels.Fuzz;

static class Shrinker
{
    public static string Explain(Failure f) => f + "\n" + IRPrinter.Print(f.Program);
}
