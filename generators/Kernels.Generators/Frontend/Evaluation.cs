using Kernels.Generators.IR;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Kernels.Generators.Frontend;

// Initialisers of tables: lowered like any other code and run by the interpreter, one lane wide, within a budget of steps.
partial class Lowering
{
    const long StepBudget = 20_000_000;

    /// A constant expression of pure calls.
    public Const? Evaluate(IOperation expression, Types types)
    {
        var problems = new List<Problem>();
        try
        {
            var f = FunctionLowering.Expression(this, expression, types, problems);
            return f is null || problems.Count > 0 || Run(f, new()) is not { } outcome ? null : new Const(f.Results[0].Type, outcome.Results[0]);
        }
        catch (LanguageException) { return null; }
    }

    public Const? Fold(Expr e) => e is Const c ? c : Run(new Function("fold", FunctionKind.Helper, [], [new("r", e.Type)], [], [new Assign(new("r", e.Type), e)], new()), new()) is { } o ? new Const(e.Type, o.Results[0]) : null;

    /// The array that a static method of constants makes and returns, as bits of its elements.
    public Sequence<ulong>? Evaluate(IMethodSymbol method, IInvocationOperation call, ScalarType memory)
    {
        var problems = new List<Problem>();
        var arguments = new Arguments();
        try
        {
            var (f, array) = new FunctionLowering(this, method, FunctionKind.Helper, problems).RunTable();
            if (f is null || problems.Count > 0) return null;
            var values = f.Parameters.OfType<ValueParameter>().ToList();
            if (values.Count != call.Arguments.Length) return null;
            foreach (var a in call.Arguments)
            {
                if (a.Value.ConstantValue is not { HasValue: true, Value: { } v }) return null;
                var p = values[a.Parameter!.Ordinal].Local;
                if (FunctionLowering.ConstantOf(v, p.Type) is not { } c) return null;
                arguments.Scalars[p.Name] = c.Bits;
            }
            return Run(f, arguments) is not null && arguments.Persistent.TryGetValue(array, out var bits) ? bits.Select(b => b & memory.Mask()).ToSequence() : null;
        }
        catch (LanguageException) { return null; }
    }

    Outcome? Run(Function f, Arguments arguments)
    {
        var closure = new SortedDictionary<string, Function>(StringComparer.Ordinal);
        var problems = new List<Problem>();
        Close(f, closure, problems);
        if (problems.Count > 0) return null;
        var module = new Module(f, closure.Values.ToSequence());
        // A helper's array is the lane's or the block's by where it is called from, which inlining finds out.
        if (closure.Values.Any(h => h.Body.Statements().Any(s => s is DeclareArray { Buffer.Storage: Storage.Lane }))) module = new(Passes.Inline.Run(module), []);
        var outcome = new Interpreter(module, 1).Run(arguments, StepBudget);
        return outcome.Failure is null && outcome.Errors == 0 ? outcome : null;
    }
}

partial class FunctionLowering
{
    string? table; // while a table is made: the array that the method returned

    public static Const? ConstantOf(object value, ScalarType held) => Bits(value, held) is { } bits
        ? value is float or double == held.IsFloat() && held.IsFloat() && value is float == (held == ScalarType.F32) || !held.IsFloat() && value is not (float or double) && value is bool == (held == ScalarType.Bool) && Fits(value, held) ? new Const(held, bits) : Widened(value, held)
        : null;

    static bool Fits(object value, ScalarType held) => value switch
    {
        long l => held == ScalarType.I64 || l >= int.MinValue && l <= int.MaxValue,
        ulong => held == ScalarType.U64,
        int i => held != ScalarType.U32 && held != ScalarType.U64 && held != ScalarType.I64 || i >= 0,
        uint u => held != ScalarType.I32 || u <= int.MaxValue,
        _ => true,
    };

    static Const? Widened(object value, ScalarType held) => (value, held) switch
    {
        (int i, ScalarType.I64) => new(held, unchecked((ulong)(long)i)),
        (int i, ScalarType.F64) => new(held, unchecked((ulong)BitConverter.DoubleToInt64Bits(i))),
        (int i, ScalarType.F32) => new(held, FloatBits(i)),
        (float f, ScalarType.F64) => new(held, unchecked((ulong)BitConverter.DoubleToInt64Bits(f))),
        _ => null,
    };

    public static Function? Expression(Lowering module, IOperation expression, Types types, List<Problem> problems)
    {
        if (expression.SemanticModel?.GetEnclosingSymbol(expression.Syntax.SpanStart) is not { ContainingType: { } owner } symbol) return null;
        var method = symbol as IMethodSymbol ?? owner.StaticConstructors.Concat(owner.InstanceConstructors).Concat(owner.GetMembers().OfType<IMethodSymbol>()).FirstOrDefault();
        if (method is null) return null;
        var f = new FunctionLowering(module, method, types, problems);
        var value = f.Lower(expression);
        if (value.Atoms.Count != 1 || value.Atoms[0] is not ScalarAtom s) return null;
        var result = new Local(f.Fresh("result"), s.Value.Type);
        f.Emit(new Assign(result, s.Value));
        return new("initialiser", FunctionKind.Helper, [], [result], f.data.ToSequence(), f.code.ToSequence(), new());
    }

    /// A method that makes an array: `new T[n]` is scratch that stays behind for the caller to read.
    public (Function?, string) RunTable()
    {
        types.ArraysAsSpans = true;
        table = "";
        var parameters = new List<Parameter>();
        if (Body(method) is not { } body) return (null, "");
        assigned = Assigned(body);
        foreach (var p in method.Parameters) DeclareParameter(p, parameters, []);
        Statement(body);
        if (table.Length == 0) return (null, "");
        var f = Finish(parameters, [], null);
        return (f, table);
    }
}
