using System.Globalization;
using Kernels.Generators.IR;

namespace Kernels.Generators.Passes;

/// What an integer may be: polynomials in symbols, under minima and maxima, for Bounds.
///
///     i in [0, n), j in [0, cols), i*cols + j      upper bound (n - 1)*cols + cols - 1, lower bound 0
///
/// A symbol is an atom, which the host can evaluate before the run, or a variable with a range in terms of earlier symbols. A bound is
/// found by eliminating the variables, the innermost first: a value linear in a variable is largest at one end of its range, at the
/// end that the coefficient's sign says, or at either if the sign is not known. Terms that cancel before that are gone: t[i - begin]
/// with i in [begin, begin + 8) is within 8 elements whatever begin is.
sealed class Symbol(int order, Expr? atom, long least, IndexRange? low = null, IndexRange? high = null, bool exact = true)
{
    public readonly int Order = order;
    public readonly Expr? Atom = atom;            // null: a variable
    public readonly long Least = least;           // long.MinValue: not known
    public readonly IndexRange? Low = low, High = high;
    // Takes each value of its range, which no other variable only bounds.
    public readonly bool Exact = exact && (low is null || low.Symbols.All(s => s.Exact)) && (high is null || high.Symbols.All(s => s.Exact));
}

abstract class IndexRange
{
    // Ranges beyond are given up: they come from dozens of clamps, and a check of that size would cost more than it saves.
    const int MaxLeaves = 24, MaxTerms = 48;

    public abstract int Leaves { get; }
    public abstract IEnumerable<Symbol> Symbols { get; }

    sealed class Polynomial(SortedDictionary<string, (Symbol[] Symbols, long Factor)> terms) : IndexRange
    {
        public readonly SortedDictionary<string, (Symbol[] Symbols, long Factor)> Terms = terms;
        public override int Leaves => 1;
        public override IEnumerable<Symbol> Symbols => Terms.Values.SelectMany(t => t.Symbols);
        public long? Constant => Terms.Count == 0 ? 0 : Terms.Count == 1 && Terms.TryGetValue("", out var c) ? c.Factor : null;
    }

    sealed class Choice(bool max, IndexRange a, IndexRange b) : IndexRange
    {
        public readonly bool IsMax = max;
        public readonly IndexRange A = a, B = b;
        public override int Leaves { get; } = a.Leaves + b.Leaves;
        public override IEnumerable<Symbol> Symbols => A.Symbols.Concat(B.Symbols);
    }

    public static IndexRange Of(long value) => Single([], value);
    public static IndexRange Of(Symbol symbol) => Single([symbol], 1);

    static Polynomial Single(Symbol[] symbols, long factor)
    {
        var terms = new SortedDictionary<string, (Symbol[], long)>(StringComparer.Ordinal);
        if (factor != 0) terms[Key(symbols)] = (symbols, factor);
        return new(terms);
    }

    static string Key(Symbol[] symbols) => string.Join(",", symbols.Select(s => s.Order.ToString(CultureInfo.InvariantCulture)));

    public bool IsConstant(out long value)
    {
        value = (this as Polynomial)?.Constant ?? 0;
        return this is Polynomial { Constant: not null };
    }

    public bool Same(IndexRange other) => (this, other) switch
    {
        (Polynomial p, Polynomial q) => p.Terms.Count == q.Terms.Count && p.Terms.All(t => q.Terms.TryGetValue(t.Key, out var u) && u.Factor == t.Value.Factor),
        (Choice c, Choice d) => c.IsMax == d.IsMax && c.A.Same(d.A) && c.B.Same(d.B),
        _ => false,
    };

    public static IndexRange Min(IndexRange a, IndexRange b) => a.Same(b) ? a : new Choice(false, a, b);
    public static IndexRange Max(IndexRange a, IndexRange b) => a.Same(b) ? a : new Choice(true, a, b);

    /// Null: too large.
    public static IndexRange? Add(IndexRange? a, IndexRange? b)
    {
        if (a is null || b is null || a.Leaves * b.Leaves > MaxLeaves) return null;
        if (a is Choice c) return Choose(c, Add(c.A, b), Add(c.B, b));
        if (b is Choice d) return Choose(d, Add(a, d.A), Add(a, d.B));
        var sum = new SortedDictionary<string, (Symbol[] Symbols, long Factor)>(((Polynomial)a).Terms, StringComparer.Ordinal);
        foreach (var term in ((Polynomial)b).Terms) Accumulate(sum, term.Key, term.Value);
        return sum.Count > MaxTerms ? null : new Polynomial(sum);
    }

    static void Accumulate(SortedDictionary<string, (Symbol[] Symbols, long Factor)> sum, string key, (Symbol[] Symbols, long Factor) term)
    {
        long factor = term.Factor + (sum.TryGetValue(key, out var before) ? before.Factor : 0);
        if (factor == 0) sum.Remove(key);
        else sum[key] = (term.Symbols, factor);
    }

    static IndexRange? Choose(Choice like, IndexRange? a, IndexRange? b, bool flip = false) => a is null || b is null ? null : like.IsMax != flip ? Max(a, b) : Min(a, b);

    public static IndexRange? Negate(IndexRange? a) => Multiply(a, Of(-1));
    public static IndexRange? Subtract(IndexRange? a, IndexRange? b) => Add(a, Negate(b));
    public static IndexRange? Add(IndexRange? a, long b) => Add(a, Of(b));

    /// Null also if a minimum or maximum meets a factor that is not constant.
    public static IndexRange? Multiply(IndexRange? a, IndexRange? b)
    {
        if (a is null || b is null) return null;
        if (a is Choice && b is Choice) return null;
        if (b is Choice) return Multiply(b, a);
        var q = (Polynomial)b;
        if (a is Choice c) return q.Constant is { } factor ? Choose(c, Multiply(c.A, b), Multiply(c.B, b), flip: factor < 0) : null;
        var product = new SortedDictionary<string, (Symbol[] Symbols, long Factor)>(StringComparer.Ordinal);
        foreach (var x in ((Polynomial)a).Terms.Values)
            foreach (var y in q.Terms.Values)
            {
                if (Math.Abs((double)x.Factor * y.Factor) > long.MaxValue / 4) return null;
                Symbol[] symbols = [.. x.Symbols.Concat(y.Symbols).OrderBy(s => s.Order)];
                Accumulate(product, Key(symbols), (symbols, x.Factor * y.Factor));
            }
        return product.Count > MaxTerms ? null : new Polynomial(product);
    }

    /// With other symbols in the place of some.
    public IndexRange Replace(Func<Symbol, Symbol> map) => this switch
    {
        Choice c => new Choice(c.IsMax, c.A.Replace(map), c.B.Replace(map)),
        Polynomial p when p.Symbols.Any(s => map(s) != s) => p.Terms.Values.Aggregate((IndexRange)Of(0),
            (sum, t) => Add(sum, Single([.. t.Symbols.Select(map).OrderBy(s => s.Order)], t.Factor))!),
        _ => this,
    };

    /// The least upper, or greatest lower, bound in terms of atoms that elimination finds. refined: the variable that stands for
    /// another where conditions narrow it.
    public static IndexRange? Bound(IndexRange? range, bool upper, Func<Symbol, Symbol> refined)
    {
        while (range is not null)
        {
            range = range.Replace(refined);
            var variable = range.Symbols.Where(s => s.Atom is null).OrderByDescending(s => s.Order).FirstOrDefault();
            if (variable is null) return range;
            range = Eliminate(range, variable, upper);
        }
        return null;
    }

    static IndexRange? Eliminate(IndexRange range, Symbol variable, bool upper)
    {
        if (range is Choice c) return Choose(c, Eliminate(c.A, variable, upper), Eliminate(c.B, variable, upper));
        if (!Split(range, variable, out var factor, out var rest)) return null;
        if (factor.IsConstant(out long none) && none == 0) return range;
        int sign = Sign(factor);
        if (sign != 0) return Put(factor, sign, sign > 0 == upper ? variable.High! : variable.Low!, rest, upper);
        IndexRange? low = Put(factor, 0, variable.Low!, rest, upper), high = Put(factor, 0, variable.High!, rest, upper);
        return low is null || high is null ? null : upper ? Max(low, high) : Min(low, high);
    }

    /// range = factor * variable + rest. False if it is not linear in the variable.
    public static bool Split(IndexRange range, Symbol variable, out IndexRange factor, out IndexRange rest)
    {
        factor = rest = Of(0);
        if (range is not Polynomial p) return false;
        foreach (var t in p.Terms.Values)
        {
            int degree = t.Symbols.Count(s => s == variable);
            if (degree > 1) return false;
            if (degree == 0) rest = Add(rest, Single(t.Symbols, t.Factor))!;
            else factor = Add(factor, Single([.. t.Symbols.Where(s => s != variable)], t.Factor))!;
        }
        return true;
    }

    static IndexRange? Put(IndexRange factor, int sign, IndexRange value, IndexRange rest, bool upper)
    {
        if (value is not Choice c) return Add(Multiply(factor, value), rest);
        if (sign == 0) return null; // which of the two it is depends on the sign
        IndexRange? a = Put(factor, sign, c.A, rest, upper), b = Put(factor, sign, c.B, rest, upper);
        if (a is null || b is null) return null;
        return c.IsMax == sign > 0 ? Max(a, b) : Min(a, b);
    }

    /// 1: not negative; -1: not positive; 0: not known.
    static int Sign(IndexRange factor)
    {
        if (factor is not Polynomial p || p.Symbols.Any(s => s.Least < 0)) return 0;
        return p.Terms.Values.All(t => t.Factor > 0) ? 1 : p.Terms.Values.All(t => t.Factor < 0) ? -1 : 0;
    }

    /// Whether the value, in terms of atoms, is known not to be negative.
    public static bool IsNotNegative(IndexRange? range)
    {
        switch (range)
        {
            case Choice c: return c.IsMax ? IsNotNegative(c.A) || IsNotNegative(c.B) : IsNotNegative(c.A) && IsNotNegative(c.B);
            case Polynomial p:
                // Each symbol is its least value and something that is not negative: with that, no term may be negative.
                IndexRange? shifted = Of(0);
                foreach (var t in p.Terms.Values)
                {
                    if (t.Symbols.Any(s => s.Least < 0)) return false;
                    IndexRange? term = Of(t.Factor);
                    foreach (var s in t.Symbols) term = Multiply(term, Add(Of(s), s.Least));
                    shifted = Add(shifted, term);
                }
                return shifted is Polynomial q && q.Terms.Values.All(t => t.Factor >= 0);
            default: return false;
        }
    }

    /// As an I64 expression of atoms.
    public Expr ToExpr()
    {
        if (this is Choice c) return Make.Binary(c.IsMax ? Op.Max : Op.Min, c.A.ToExpr(), c.B.ToExpr());
        Expr? sum = null;
        foreach (var t in ((Polynomial)this).Terms.Values.OrderByDescending(t => t.Symbols.Length))
        {
            Expr? product = null;
            foreach (var s in t.Symbols)
            {
                var atom = Make.ConvertTo(ScalarType.I64, s.Atom!);
                product = product is null ? atom : Make.Binary(Op.Mul, product, atom);
            }
            var factor = Make.Int(t.Factor, ScalarType.I64);
            var term = product is null ? factor : t.Factor == 1 ? product : Make.Binary(Op.Mul, product, factor);
            sum = sum is null ? term : Make.Binary(Op.Add, sum, term);
        }
        return sum ?? Make.Int(0, ScalarType.I64);
    }
}
