using FsCheck;
using FsCheck.Fluent;
using Kernels.Generators.IR;

namespace Kernels.Generators.Tests.IR;

using Atomic = Kernels.Generators.IR.Atomic;       // here, where they come before the authors' namespace
using Buffer = Kernels.Generators.IR.Buffer;
using FloatMode = Kernels.Generators.IR.FloatMode;

/// Text loses nothing, whatever the function: also one that the verifier would reject.
public class IRTextTests
{
    [Fact]
    public void Reading_what_was_written_gives_the_same_function()
    {
        var seen = new HashSet<Type>();
        Prop.ForAll(Arb.From(AnyFunction), f =>
        {
            foreach (var s in f.Body.Statements())
            {
                seen.Add(s.GetType());
                foreach (var e in s.Expressions().SelectMany(e => e.Tree())) seen.Add(e.GetType());
            }
            return IRText.ParseFunction(IRText.Write(f)).Equals(f);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(300));
        var all = typeof(Stmt).Assembly.GetTypes().Where(t => !t.IsAbstract && t.Namespace == typeof(Stmt).Namespace && (typeof(Stmt).IsAssignableFrom(t) || typeof(Expr).IsAssignableFrom(t)));
        Assert.Empty(all.Except(seen)); // a new node must be generated here too
    }

    [Fact]
    public void Reading_what_was_written_gives_the_same_module() =>
        Prop.ForAll(Arb.From(from k in AnyFunction from h in List(AnyFunction) select new Module(k, h)), m => IRText.ParseModule(IRText.Write(m)).Equals(m))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(30));

    [Fact]
    public void Every_constant_comes_back_bit_for_bit() =>
        Prop.ForAll(Arb.From(AnyConst), c =>
        {
            var f = new Function("f", FunctionKind.Helper, [], [], [], [new Assign(new("x", c.Type), c)], new());
            return IRText.ParseFunction(IRText.Write(f)).Equals(f);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(5000));

    [Fact]
    public void Common_constants_are_short()
    {
        static string Text(ScalarType t, ulong bits) => IRText.Write(new Function("f", FunctionKind.Helper, [], [], [], [new Assign(new("x", t), new Const(t, bits))], new()));
        Assert.Contains(" -7)", Text(ScalarType.I32, uint.MaxValue - 6));
        Assert.Contains(" 0.5:f32)", Text(ScalarType.F32, BitConverter.SingleToUInt32Bits(0.5f)));
        Assert.Contains(" -1E+100:f64)", Text(ScalarType.F64, BitConverter.DoubleToUInt64Bits(-1e100)));
        Assert.Contains(" 0x80000000:f32)", Text(ScalarType.F32, 0x8000_0000));
    }

    [Theory]
    [InlineData("", "position 0")]
    [InlineData("kir0 (function f Helper () () () () ())", "version")]
    [InlineData("kir1 (function f Helper () () () () () (= x 1))", "position 42: the local 'x' has no type")]
    [InlineData("kir1 (function f Helper () () () () () (jump))", "unknown statement 'jump'")]
    [InlineData("kir1 (function f Helper () () () () () (= x:i32 (Plus 1 2)))", "unknown operation 'Plus'")]
    [InlineData("kir1 (function f Helper () () () () () (= x:i8 300:i8))", "out of the range")]
    [InlineData("kir1 (function f Helpers () () () () ())", "'Helpers' is not one of Helper, Kernel, Element")]
    [InlineData("kir1 (function f Helper () () () () () (= x:i32 1)", ") expected")]
    [InlineData("kir1 (function f Helper () () () () () (= x:i32 1)) more", "end of text")]
    [InlineData("kir1 (function \"f Helper", "does not end")]
    public void Bad_text_is_refused_with_its_place(string text, string expected) =>
        Assert.Contains(expected, Assert.Throws<FormatException>(() => IRText.ParseFunction(text)).Message);

    static Gen<T> One<T>(params T[] of) => Gen.Elements(of);
    static Gen<T> AnyOf<T>() where T : struct, Enum => Gen.Elements(Enum.GetValues<T>());
    static Gen<Sequence<T>> List<T>(Gen<T> item, int max = 3) => from n in Gen.Choose(0, max) from items in item.ArrayOf(n) select new Sequence<T>(items);
    static readonly Gen<bool> AnyBool = One(true, false);
    static Gen<Expr?> Maybe(int depth) => Gen.OneOf(Gen.Constant<Expr?>(null), AnyExpr(depth).Select(e => (Expr?)e));

    // Few names, so that they recur with one type and with another; among them all that must be quoted.
    static readonly Gen<string> Name = One("x", "y", "a.b", "_t", "x.Length", "", "-1", "7", "a b", "F(int, \"q\")", "back\\slash", "Ω", "(", "():", "List<T>");
    static readonly Gen<Local> AnyLocal = from n in Name from t in AnyOf<ScalarType>() select new Local(n, t);
    static readonly Gen<Buffer> AnyBuffer = from n in Name from t in AnyOf<ScalarType>() from s in AnyOf<Storage>() select new Buffer(n, t, s);

    static readonly Gen<Const> AnyConst =
        from t in AnyOf<ScalarType>()
        from hi in Gen.Choose(int.MinValue, int.MaxValue)
        from lo in Gen.Choose(int.MinValue, int.MaxValue)
        from special in One<ulong>(0, 1, 0x7F80_0000, 0x8000_0000, 0x7FC0_0000, 0x3FF0_0000_0000_0000, 0x7FF0_0000_0000_0000, 0x8000_0000_0000_0000, 0xFFF8_0000_0000_0001, ulong.MaxValue)
        from d in One(0.1, -2.5, 1e22, 123456.789, 1e-320, 3.14159265)
        from which in Gen.Choose(0, 3)
        let bits = which switch
        {
            0 => special,
            1 => t == ScalarType.F32 ? BitConverter.SingleToUInt32Bits((float)d) : BitConverter.DoubleToUInt64Bits(d),
            2 => (ulong)(uint)lo & t.Mask(),
            _ => ((ulong)(uint)hi << 32 | (uint)lo) & t.Mask(),
        }
        select new Const(t, bits);

    static Gen<Expr> AnyExpr(int depth)
    {
        Gen<Expr>[] leaves = [AnyConst.Select(c => (Expr)c), AnyLocal.Select(l => (Expr)new Use(l))];
        if (depth == 0) return Gen.OneOf(leaves);
        var e = AnyExpr(depth - 1);
        return Gen.OneOf(
        [
            .. leaves,
            from b in AnyBuffer from i in e from c in AnyBool from m in Maybe(depth - 1) select (Expr)new Load(b, i, c, m),
            from op in AnyOf<Op>() from t in AnyOf<ScalarType>() from args in List(e) select (Expr)new Apply(op, t, args),
            from op in AnyOf<Op>() from a in e from b in e select (Expr)new Apply(op, a.Type, [a, b]),
            from v in e from map in List(Gen.Choose(0, 7), 8) select (Expr)new Permute(v, map),
        ]);
    }

    static Gen<Sequence<Stmt>> AnyBody(int depth) => List(AnyStmt(depth));

    static Gen<Stmt> AnyStmt(int depth)
    {
        var e = AnyExpr(2);
        Gen<Stmt>[] leaves =
        [
            from l in AnyLocal from v in e select (Stmt)new Assign(l, v),
            from b in AnyBuffer from n in e from f in Maybe(1) select (Stmt)new DeclareArray(b, n, f),
            from b in AnyBuffer from i in e from v in e from c in AnyBool from m in Maybe(1) select (Stmt)new Store(b, i, v, c, m),
            from l in Name select (Stmt)new Leave(l),
            Gen.Constant((Stmt)new Return()),
            from t in List(AnyLocal) from b in AnyBuffer from i in e select (Stmt)new LoadGroup(t, b, i),
            from b in AnyBuffer from i in e from v in List(e) select (Stmt)new StoreGroup(b, i, v),
            from hasOld in AnyBool from o in AnyLocal from k in AnyOf<AtomicKind>() from b in AnyBuffer from i in e from v in e from c in Maybe(1) from isChecked in AnyBool from m in Maybe(1)
            select (Stmt)new Atomic(hasOld ? o : null, k, b, i, v, c, isChecked, m),
            from b in AnyBuffer from c in AnyLocal from v in e from m in Maybe(1) from s in AnyBool select (Stmt)new Append(b, c, v, m, s),
            from r in List(AnyLocal) from n in Name from v in List(e) from s in List(from b in AnyBuffer from o in e from n in e select new Slice(b, o, n)) select (Stmt)new Call(r, n, v, s),
        ];
        if (depth == 0) return Gen.OneOf(leaves);
        var body = AnyBody(depth - 1);
        return Gen.OneOf(
        [
            .. leaves,
            from c in e from t in body from o in body select (Stmt)new If(c, t, o),
            from n in Name from i in AnyLocal from b in e from end in e from step in Gen.Choose(-3, 3) from s in body select (Stmt)new For(n, i, b, end, step, s),
            from n in Name from s in body select (Stmt)new Loop(n, s),
            from n in Name from s in body select (Stmt)new Block(n, s),
            from l in AnyLocal from b in e from end in e from s in body from t in AnyOf<Trips>() select (Stmt)new LaneLoop(l, b, end, s, t),
            from n in Name from b in AnyLocal from c in AnyLocal from from_ in e from to in e from s in body select (Stmt)new ChunkLoop(n, b, c, from_, to, s),
            from t in List(AnyLocal) from v in List(AnyLocal) from f in FunctionOf(depth - 1) select (Stmt)new Reduce(t, v, f),
            from r in List(AnyLocal) from k in e from v in List(e) from c in List(FunctionOf(depth - 1)) select (Stmt)new Dispatch(r, k, v, c),
        ]);
    }

    static readonly Gen<Parameter> AnyParameter = Gen.OneOf(
        from l in AnyLocal from r in AnyOf<ParameterRole>() select (Parameter)new ValueParameter(l, r),
        from b in AnyBuffer from a in AnyOf<Access>() from has in AnyBool from p in Name from t in AnyBool from v in AnyBool select (Parameter)new BufferParameter(b, a, has ? p : null, t, v));

    static readonly Gen<Schedule> AnySchedule = Gen.OneOf(Gen.Constant(new Schedule()),
        from v in Gen.Choose(0, 8) from l in Gen.Choose(0, 32) from p in Gen.Choose(0, 999) from a in AnyBool from f in Gen.Choose(0, 15) from b in AnyBool from c in AnyBool from d in AnyBool
        select new Schedule(v, l, p, a, (FloatMode)f, b, c, d));

    static readonly Gen<SpecSignature?> AnySignature = Gen.OneOf(Gen.Constant<SpecSignature?>(null),
        from a in Name from b in Name from c in Name from d in Name
        from p in List(from n in Name from t in Name from m in Name from i in List(Name) from x in List(AnyOf<ScalarType>()) select new SpecParameter(n, t, m, i, x))
        from t in List(Name) from u in List(Name) from s in List(from n in Name from v in List(AnyConst) select new Specialization(n, v))
        from o in Name select (SpecSignature?)new SpecSignature(a, b, c, d, p, t, u, s, o));

    static readonly Gen<ulong> AnyBits = AnyConst.Select(c => c.Bits);

    static Gen<Function> FunctionOf(int depth) =>
        from name in Name from kind in AnyOf<FunctionKind>() from parameters in List(AnyParameter) from results in List(AnyLocal)
        from constants in List(from b in AnyBuffer from bits in List(AnyBits) select new ConstantData(b, bits))
        from body in AnyBody(depth) from schedule in AnySchedule from signature in AnySignature
        select new Function(name, kind, parameters, results, constants, body, schedule, signature);

    static readonly Gen<Function> AnyFunction = FunctionOf(3);
}
