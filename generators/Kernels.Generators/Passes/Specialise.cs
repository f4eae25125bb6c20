using Kernels.Generators.IR;

namespace Kernels.Generators.Passes;

/// Binds [Const] parameters to values, one clone for each combination that [Specialize] asks for:
///
///     F(Const n, x)  with n in {4, 8}      =>      F_n4(x), F_n8(x), and F(n, x) for other values
///
/// A clone lacks the parameter. Runs before Inline, so that recursion on a constant argument ends.
static class Specialise
{
    /// A clone, the suffix of its name ("" for the general one), and what its parameters are bound to.
    public sealed record Clone(Function Function, string Suffix, Sequence<(string Parameter, Const Value)> Bound);

    public static Function Run(Function f, string parameter, Const value)
    {
        var bound = f.Parameters.OfType<ValueParameter>().First(p => p.Local.Name == parameter).Local;
        var kept = f.Parameters.Where(p => p is not ValueParameter v || v.Local != bound).ToSequence();
        bool assigned = f.Body.Statements().Any(s => s.Assigns().Contains(bound));
        if (assigned) return f with { Parameters = kept, Body = [new Assign(bound, value), .. f.Body] };
        var substitution = new Substitution();
        substitution.Values[bound.Name] = value;
        return f with { Parameters = kept, Body = substitution.Rewrite(f.Body) };
    }

    /// The specialised clones in the order of the attributes, the last parameter's value changing fastest, then the general one.
    public static Sequence<Clone> Clones(Function f)
    {
        var clones = new List<Clone> { new(f, "", []) };
        var specializations = f.Signature?.Specializations ?? [];
        if (specializations.Count == 0) return clones.ToSequence();
        foreach (var byParameter in specializations.GroupBy(s => s.Parameter))
            clones = [.. from clone in clones
                         from value in byParameter.SelectMany(s => s.Values).Distinct()
                         select new Clone(Run(clone.Function, byParameter.Key, value), $"{clone.Suffix}_{byParameter.Key}{Spell(value)}", [.. clone.Bound, (byParameter.Key, value)])];
        return [.. clones, new Clone(f, "", [])];
    }

    /// The value as a part of a name.
    static string Spell(Const value) => value.Type.IsFloat() ? "x" + value.Bits.ToString("X", System.Globalization.CultureInfo.InvariantCulture)
        : value.Type == ScalarType.Bool ? (value.Bits != 0 ? "True" : "False")
        : value.Integer().ToString(System.Globalization.CultureInfo.InvariantCulture).Replace('-', 'm');
}
