using BenchmarkDotNet.Running;
using Kernels.Benchmarks;

// yardsticks [--quick] [--json FILE]: ratios to hand-written code. With DOTNET_EnableAVX512=0 in the environment: the AVX2 row.
// generator: what the generator costs a project of 100 kernels.
// Anything else goes to BenchmarkDotNet.
if (args is ["yardsticks", .. var rest]) Comparer.Run(rest);
else if (args is ["generator", .. var generator]) GeneratorCost.Run(generator);
else BenchmarkSwitcher.FromAssembly(typeof(Comparer).Assembly).Run(args);
