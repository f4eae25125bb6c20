using Kernels.Generators.IR;

namespace Kernels.Generators.Targets;

/// Prints uniform expressions as C#. Operands stand in the order of the IR, which is C#'s order of evaluation too.
class ScalarPrinter(bool fused = false)
{
    public virtual string Print(Expr expr) => expr switch
    {
        Const constant => ScalarTable.Literal(constant),
        Use use => Name(use.Local),
        Load load => Load(load),
        Apply apply => ScalarTable.Spell(apply, [.. apply.Args.Select(Print)], fused),
        _ => throw new NotSupportedException($"{expr.GetType().Name} is not a scalar expression"),
    };

    public virtual string Name(Local local) => Identifier(local.Name);

    /// An unchecked load through the pointer of the buffer's name.
    public virtual string Load(Load load) => $"{Identifier(load.Buffer.Name)}[{Print(load.Index)}]";

    /// A C# identifier for an IR name: `x.Length` becomes `x_Length`, and a keyword is escaped.
    public static string Identifier(string name)
    {
        string text = name.Replace('.', '_');
        return Microsoft.CodeAnalysis.CSharp.SyntaxFacts.GetKeywordKind(text) == Microsoft.CodeAnalysis.CSharp.SyntaxKind.None ? text : "@" + text;
    }
}
