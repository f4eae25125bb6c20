using System.Text.RegularExpressions;
using Kernels.Generators.Diagnostics;
using Kernels.Generators.IR;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Kernels.Generators.Frontend;

/// What a spec's declaration says: kind, schedule, clones, and how its parameters read in C#.
static class Spec
{
    static AttributeData? Find(ISymbol symbol, string attribute) =>
        symbol.GetAttributes().FirstOrDefault(a => Types.Is(a.AttributeClass, "Kernels", attribute));

    public static bool Has(ISymbol symbol, string attribute) => Find(symbol.OriginalDefinition, attribute) is not null;

    public static bool IsSpec(IMethodSymbol m) => Has(m, "KernelAttribute") || Has(m, "ElementKernelAttribute");

    public static FunctionKind KindOf(IMethodSymbol m) =>
        Has(m, "KernelAttribute") ? FunctionKind.Kernel : Has(m, "ElementKernelAttribute") ? FunctionKind.Element : FunctionKind.Helper;

    public static ParameterRole RoleOf(IParameterSymbol p, FunctionKind kind) =>
        kind == FunctionKind.Kernel && Has(p, "BlockAttribute") ? ParameterRole.BlockIndex : Has(p, "ConstAttribute") ? ParameterRole.Const : ParameterRole.Plain;

    public static Schedule ScheduleOf(IMethodSymbol m)
    {
        var s = new Schedule(UnrollAll: Has(m, "UnrollAttribute"), FastMath: Has(m, "FastMathAttribute"));
        foreach (var a in m.OriginalDefinition.GetAttributes())
        {
            if (!Types.Is(a.AttributeClass, "Kernels", a.AttributeClass?.Name ?? "")) continue;
            object? First() => a.ConstructorArguments is [{ Kind: not TypedConstantKind.Array } first, ..] ? first.Value : null;
            switch (a.AttributeClass!.Name)
            {
                case "LanesAttribute": s = s with { Lanes = First() as int? ?? 0 }; break;
                case "CpuLanesAttribute": s = s with { CpuScalar = First() is 1 }; break;
                case "FloatAttribute": s = s with { Float = (FloatMode)(byte)(First() as int? ?? 0) }; break;
                case "ScheduleAttribute":
                    foreach (var named in a.NamedArguments)
                        s = (named.Key, named.Value.Value) switch
                        {
                            ("Vectors", int v) => s with { Vectors = v },
                            ("Threads", int v) => s with { Threads = v },
                            ("PrefetchBytes", int v) => s with { PrefetchBytes = v },
                            ("NonTemporal", bool v) => s with { NonTemporal = v },
                            _ => s,
                        };
                    break;
            }
        }
        return s;
    }

    public static string? InPlaceOf(IParameterSymbol p, List<Problem> problems)
    {
        string? found = null;
        foreach (var a in p.GetAttributes().Where(a => Types.Is(a.AttributeClass, "Kernels", "InPlaceAttribute")))
        {
            if (a.ConstructorArguments is not [{ Value: string name }]) continue;
            var other = (p.ContainingSymbol as IMethodSymbol)?.Parameters.FirstOrDefault(x => x.Name == name);
            if (other is null || SymbolEqualityComparer.Default.Equals(other, p) || !Types.IsSpan(other.Type) || !Types.IsSpan(p.Type) || !Types.Same(((INamedTypeSymbol)other.Type).TypeArguments[0], ((INamedTypeSymbol)p.Type).TypeArguments[0]))
                problems.Add(new(Krn.InPlaceName, Where(a, p), [name]));
            else found = found is null ? name : "*";
        }
        return found;
    }

    public static Location Where(AttributeData a, ISymbol otherwise) =>
        a.ApplicationSyntaxReference is { } r ? Location.Create(r.SyntaxTree, r.Span) : otherwise.Locations.FirstOrDefault() ?? Location.None;

    /// The methods a spec stands for: itself, or one for each [Specialize(typeof(…))].
    public static IEnumerable<IMethodSymbol> Instances(IMethodSymbol m)
    {
        if (!m.IsGenericMethod)
        {
            yield return m;
            yield break;
        }
        var seen = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
        foreach (var a in m.GetAttributes().Where(IsTypeSpecialization))
        {
            var arguments = a.ConstructorArguments[0].Values.Select(v => v.Value as ITypeSymbol).ToArray();
            if (arguments.Length != m.Arity || arguments.Any(t => t is null or { TypeKind: TypeKind.Error })) continue;
            var instance = m.Construct(arguments!);
            if (seen.Add(instance)) yield return instance;
        }
    }

    static bool IsTypeSpecialization(AttributeData a) =>
        Types.Is(a.AttributeClass, "Kernels", "SpecializeAttribute") && a.ConstructorArguments is [{ Kind: TypedConstantKind.Array, Type: IArrayTypeSymbol { ElementType.Name: "Type" } }];

    public static bool HasTypeSpecialization(IMethodSymbol m) => m.GetAttributes().Any(IsTypeSpecialization);

    /// The declaration that generated code stands beside.
    public static SpecSignature? Signature(IMethodSymbol m, Compilation compilation, List<Problem> problems)
    {
        var definition = m.OriginalDefinition;
        var types = new Types(compilation, Types.Bind(m));
        var parameters = definition.Parameters.Select(p => ParameterOf(p, types));
        if (Has(m, "ElementKernelAttribute") && !m.ReturnsVoid) parameters = parameters.Append(ParameterOf("", definition.ReturnType, "return", types));
        return new(
            m.ContainingNamespace is { IsGlobalNamespace: false } n ? n.ToDisplayString() : "",
            string.Join("|", Containing(m.ContainingType)),
            m.DeclaredAccessibility switch { Accessibility.Public => "public", Accessibility.Private => "private", _ => "internal" },
            m.Name, parameters.ToSequence(),
            definition.TypeParameters.Select(t => t.Name).ToSequence(),
            m.TypeArguments.Where(_ => definition.IsGenericMethod).Select(t => t.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat)).ToSequence(),
            // Several attributes for one parameter are one, and a value counts once.
            Specializations(definition, types, problems).GroupBy(s => s.Parameter).Select(g => new Specialization(g.Key, g.SelectMany(s => s.Values).Distinct().ToSequence())).ToSequence(), OverloadOf(definition));
    }

    static SpecParameter ParameterOf(IParameterSymbol p, Types types) =>
        ParameterOf(p.Name, p.Type, p.RefKind switch { RefKind.Out => "out", RefKind.In => "in", RefKind.Ref => "ref", _ => "" }, types);

    static SpecParameter ParameterOf(string name, ITypeSymbol type, string modifier, Types types)
    {
        var leaves = types.Layout(type) ?? [];
        string id = Targets.ScalarPrinter.Identifier(name);
        // Fields that generated code must not name are read as the numbers that the struct is an array of.
        string Read(Leaf l, int k) => leaves.Length == 1 && l.Path.Length == 0 || types.IsReadable(type) ? id + l.Path
            : $"(({l.Type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat)}*)&{id})[{k}]";
        return new(name, type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat), modifier, leaves.Select((l, k) => $"{l.Path}={Read(l, k)}").ToSequence(),
            leaves.Select(l => types.Memory(types.Element(l.Type)) ?? l.Held).ToSequence());
    }

    static IEnumerable<string> Containing(INamedTypeSymbol? type)
    {
        if (type is null) return [];
        var keyword = type.TypeKind switch { TypeKind.Struct => type.IsRecord ? "record struct" : "struct", TypeKind.Interface => "interface", _ => type.IsRecord ? "record" : "class" };
        string access = type.DeclaredAccessibility switch
        {
            Accessibility.Public => "public", Accessibility.Private => "private", Accessibility.Protected => "protected",
            Accessibility.ProtectedOrInternal => "protected internal", Accessibility.ProtectedAndInternal => "private protected", _ => "internal",
        };
        string generic = type.Arity > 0 ? $"<{string.Join(", ", type.TypeParameters.Select(t => t.Name))}>" : "";
        return Containing(type.ContainingType).Append($"{access} {(type.IsStatic ? "static " : "")}partial {keyword} {type.Name}{generic}");
    }

    static IEnumerable<Specialization> Specializations(IMethodSymbol m, Types types, List<Problem> problems)
    {
        foreach (var a in m.GetAttributes().Where(a => Types.Is(a.AttributeClass, "Kernels", "SpecializeAttribute")))
        {
            if (a.ConstructorArguments is not [{ Value: string name }, { Kind: TypedConstantKind.Array } values]) continue;
            var p = m.Parameters.FirstOrDefault(x => x.Name == name);
            var held = p is null ? null : types.Held(p.Type);
            var constants = values.IsNull ? [] : values.Values.Select(v => held is { } h && v.Value is { } x ? FunctionLowering.ConstantOf(x, h) : null).ToList();
            if (p is null || !Has(p, "ConstAttribute") || constants.Count == 0 || constants.Any(c => c is null)) problems.Add(new(Krn.ConstParameter, Where(a, m), [name]));
            else yield return new(name, constants.Select(c => c!).ToSequence());
        }
    }

    /// The rules for a spec's declaration.
    public static void Check(IMethodSymbol m, List<Problem> problems)
    {
        bool kernel = Has(m, "KernelAttribute"), element = Has(m, "ElementKernelAttribute");
        var name = m.Locations.FirstOrDefault() ?? Location.None;
        string what = kernel ? "kernel" : "element kernel";
        if (kernel && element) Shape("is either a [Kernel] or an [ElementKernel]; take one attribute away");
        if (!m.IsStatic) Shape("is a static method; add 'static'");
        if (kernel && !m.ReturnsVoid) Shape("returns nothing; write its results to a span");
        if (element && m.ReturnsVoid && !m.Parameters.Any(p => p.RefKind == RefKind.Out)) Shape("has a result; return it, or add an out parameter");
        for (var t = m.ContainingType; t is not null; t = t.ContainingType)
        {
            bool partial = t.DeclaringSyntaxReferences.Any(r => r.GetSyntax() is TypeDeclarationSyntax d && d.Modifiers.Any(x => x.ValueText == "partial"));
            if (!partial) { Shape($"stands in a partial type, so that code can be added beside it; make '{t.Name}' partial"); break; }
            if (t.Arity > 0) { problems.Add(new(Krn.GenericContainer, t.Locations.FirstOrDefault() ?? name, [t.Name])); break; }
        }
        foreach (var other in Overloads(m).TakeWhile(o => !SymbolEqualityComparer.Default.Equals(o, m)))
        {
            if (other.DeclaredAccessibility != m.DeclaredAccessibility) problems.Add(new(Krn.Overload, name, [m.Name, "of another accessibility, and they share one generated class; give both the same"]));
            else if (RunSignatures(m).Intersect(RunSignatures(other)).Any()) problems.Add(new(Krn.Overload, name, [m.Name, "whose Run takes the same arguments; give one of them another name"]));
        }
        if (m.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax() is MethodDeclarationSyntax { Body: null, ExpressionBody: null }) Shape("has a body");
        if (m.IsGenericMethod)
        {
            var given = m.GetAttributes().Where(IsTypeSpecialization).ToList();
            if (given.Count == 0) problems.Add(new(Krn.TypeArguments, name, []));
            foreach (var a in given)
            {
                var arguments = a.ConstructorArguments[0].Values;
                if (arguments.Length != m.Arity || arguments.Select((v, k) => v.Value is ITypeSymbol t && Meets(t, m.TypeParameters[k])).Any(x => !x)) problems.Add(new(Krn.TypeArguments, Where(a, m), []));
            }
        }
        int blocks = 0;
        foreach (var p in m.Parameters)
        {
            var where = p.Locations.FirstOrDefault() ?? name;
            if (Has(p, "BlockAttribute"))
            {
                if (element) problems.Add(new(Krn.BlockParameter, where, [p.Name, "an element kernel has no blocks"]));
                else if (p.Type.SpecialType != SpecialType.System_Int32) problems.Add(new(Krn.BlockParameter, where, [p.Name, "it is an int"]));
                else if (++blocks > 3) problems.Add(new(Krn.BlockParameter, where, [p.Name, "a grid has up to three axes"]));
            }
            if (p.RefKind == RefKind.Ref || kernel && p.RefKind == RefKind.Out) problems.Add(new(Krn.Parameter, where, [p.Name, "is a reference; " + (kernel ? "take a span of one element" : "use 'out', or return the value")]));
            if (element && (Types.IsSpan(p.Type) || Types.IsView(p.Type))) problems.Add(new(Krn.Parameter, where, [p.Name, "is a span; an element kernel takes scalars, one element of each array"]));
            if (kernel && Types.Is(p.Type, "Kernels", "Scratch")) problems.Add(new(Krn.Parameter, where, [p.Name, "is scratch memory; allocate it in the kernel"]));
            if (p.IsParams) problems.Add(new(Krn.Parameter, where, [p.Name, "is 'params'; take a span"]));
        }
        foreach (var a in m.GetAttributes())
        {
            if (!Types.Is(a.AttributeClass, "Kernels", a.AttributeClass?.Name ?? "")) continue;
            int? value = a.ConstructorArguments is [{ Kind: TypedConstantKind.Primitive, Value: int first }, ..] ? first : null;
            if (a.AttributeClass!.Name == "LanesAttribute" && !IsPowerOfTwo(value, 1024)) problems.Add(new(Krn.LaneCount, Where(a, m), ["The number in [Lanes]"]));
            if (a.AttributeClass.Name == "CpuLanesAttribute" && value != 1) problems.Add(new(Krn.CpuLanes, Where(a, m), []));
            if (a.AttributeClass.Name == "ScheduleAttribute")
                foreach (var named in a.NamedArguments.Where(n => n.Key is "Vectors" or "Threads"))
                    if (named.Value.Value is int v && v != 0 && !IsPowerOfTwo(v, 1024)) problems.Add(new(Krn.LaneCount, Where(a, m), [named.Key]));
        }

        void Shape(string rest) => problems.Add(new(Krn.SpecShape, name, [what, rest]));
        static bool IsPowerOfTwo(int? n, int limit) => n is { } x && x > 0 && x <= limit && (x & (x - 1)) == 0;
    }

    // ---- overloads: the specs of one name share a generated class ----

    static List<IMethodSymbol> Overloads(IMethodSymbol m) => [.. m.ContainingType.GetMembers(m.Name).OfType<IMethodSymbol>().Where(IsSpec)];

    /// Named by the types of the parameters in which the overloads differ, each once if that tells them apart, or by their number.
    static string OverloadOf(IMethodSymbol m)
    {
        var all = Overloads(m);
        if (all.Count < 2) return "";
        return Apart(o => Differing(o).Where((t, k) => k == 0 || Differing(o)[k - 1] != t)) ?? Apart(Differing) ?? $"_{all.IndexOf(m) + 1}";

        List<string> Differing(IMethodSymbol x) =>
            [.. x.Parameters.Select(p => TypeName(p.Type)).Where((t, k) => all.Any(o => o.Parameters.Length <= k || TypeName(o.Parameters[k].Type) != t))];

        string? Apart(Func<IMethodSymbol, IEnumerable<string>> words)
        {
            string Name(IMethodSymbol x) => string.Concat(words(x).Select(w => "_" + w));
            return all.Select(Name).Distinct().Count() == all.Count ? Name(m) : null;
        }

        static string TypeName(ITypeSymbol t) => t is INamedTypeSymbol { TypeArguments: [var element] } && (Types.IsSpan(t) || Types.IsView(t))
            ? TypeName(element) : new(t.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat).Where(char.IsLetterOrDigit).ToArray());
    }

    /// The parameter lists of the generated Run methods, as far as C# tells overloads apart.
    static IEnumerable<string> RunSignatures(IMethodSymbol m)
    {
        // Type parameters by their places: their names do not tell signatures apart.
        string TypeOf(ITypeSymbol type) => m.TypeParameters.Aggregate(type.ToDisplayString(Keys.Types), (text, t) => Regex.Replace(text, $@"(?<![\w.@]){t.Name}(?!\w)", $"!{t.Ordinal}"));
        string Join(IEnumerable<string> types) => $"{m.Arity}: {string.Join(", ", types)}";
        var arguments = m.Parameters.Where(p => p.RefKind != RefKind.Out).ToList();
        if (!Has(m, "ElementKernelAttribute"))
        {
            yield return Join(arguments.Where(p => Has(p, "BlockAttribute")).Select(_ => "int").Concat(arguments.Where(p => !Has(p, "BlockAttribute")).Select(p => TypeOf(p.Type))));
            yield break;
        }
        var inputs = arguments.Where(p => !Has(p, "ConstAttribute")).Select(p => p.Ordinal).ToList();
        var results = m.Parameters.Where(p => p.RefKind == RefKind.Out).Select(p => p.Type).ToList();
        if (!m.ReturnsVoid) results.Insert(0, m.ReturnType);
        foreach (var scalars in Targets.HostModel.ScalarCombinations(inputs))
            yield return Join(arguments.Select(p => inputs.Contains(p.Ordinal) && !scalars.Contains(p.Ordinal) ? $"System.ReadOnlySpan<{TypeOf(p.Type)}>" : TypeOf(p.Type))
                .Concat(results.Select(r => $"System.Span<{TypeOf(r)}>")));
    }

    static bool Meets(ITypeSymbol t, ITypeParameterSymbol p) =>
        t.IsUnmanagedType && p.ConstraintTypes.All(c => c is not INamedTypeSymbol { TypeKind: TypeKind.Interface } i || t.AllInterfaces.Any(x => SymbolEqualityComparer.Default.Equals(x.OriginalDefinition, i.OriginalDefinition)));
}
