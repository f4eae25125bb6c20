using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Reflection;
using Kernels.Generators.Frontend;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Kernels.Generators.Diagnostics;

/// Reports language errors: an analyzer, so that #pragma and code fixes work on them. What it knows is what the front end finds in lowering.
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class KernelAnalyzer : DiagnosticAnalyzer
{
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
        [.. typeof(Krn).GetFields(BindingFlags.Static | BindingFlags.Public).Where(f => f.FieldType == typeof(DiagnosticDescriptor)).Select(f => (DiagnosticDescriptor)f.GetValue(null))];

    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterCompilationStartAction(static start =>
        {
            if (start.Compilation.GetTypeByMetadataName("Kernels.KernelAttribute") is null) return;
            var seen = new ConcurrentDictionary<Problem, bool>(); // helpers with errors are shared
            start.RegisterSymbolAction(c => Analyze(c, seen), SymbolKind.Method, SymbolKind.NamedType);
        });
    }

    static void Analyze(SymbolAnalysisContext context, ConcurrentDictionary<Problem, bool> seen)
    {
        var problems = new List<Problem>();
        if (context.Symbol is IMethodSymbol method && Spec.IsSpec(method))
        {
            Spec.Check(method, problems);
            // Without the type's arguments nothing else can be said.
            foreach (var instance in problems.Any(p => p.Krn == Krn.GenericContainer) ? [] : Spec.Instances(method))
            {
                context.CancellationToken.ThrowIfCancellationRequested();
                problems.AddRange(Lowering.Lower(context.Compilation, instance).Problems);
            }
        }
        else if (Spec.Has(context.Symbol, "KernelFunctionAttribute"))
            foreach (var exported in Extraction.Exported(context.Symbol))
                problems.AddRange(Lowering.Lower(context.Compilation, exported).Problems);
        foreach (var p in problems)
            if (seen.TryAdd(p, true)) context.ReportDiagnostic(p.ToDiagnostic());
    }
}
