using Kernels.Generators.IR;
using Kernels.Generators.Targets.Gpu;
using static Kernels.Generators.Tests.Passes.PassTest;

namespace Kernels.Generators.Tests.Targets.Gpu;

/// The HLSL of small kernels, in the lines that matter. Where DXC is at hand each text is compiled too.
public class HlslPrinterTests
{
    const string Floats = "(buf x:f32:Parameter Read () 0 0) (buf y:f32:Parameter ReadWrite () 0 0)", Integers = "(buf x:i32:Parameter Read () 0 0) (buf y:i32:Parameter ReadWrite () 0 0)";
    const string LoadF = "(= a:f32 (@ x:f32:Parameter i))";
    static string Lanes(string body) => $"(lanes i:i32 0 x.Length:i32 {body})";

    static string Text(string body, string parameters, bool elements = false, string constants = "") => Compiled(HlslPrinter.Print(SmallShaders.Emit(Kernel(body, parameters, constants), elements), "K"));

    static string Compiled(string text)
    {
        if (Dxc.Missing is null)
        {
            string listing = Assert.Single(Dxc.Compile([text], "cs_6_0", HlslPrinter.Arguments));
            Assert.False(listing.StartsWith("ERROR", StringComparison.Ordinal), listing + "\n" + text);
        }
        return text;
    }

    /// Each of the lines, trimmed, in this order, others between them or not.
    static void Has(string text, params string[] lines)
    {
        var all = text.Split('\n').Select(l => l.Trim()).ToList();
        int at = 0;
        foreach (string line in lines)
        {
            int found = all.IndexOf(line, at);
            Assert.True(found >= 0, $"'{line}' is missing, or not where it should be, in\n{text}");
            at = found + 1;
        }
    }

    [Fact]
    public void An_element_kernel_has_one_thread_an_element_behind_a_guard()
    {
        string text = Text(Lanes(LoadF + "(st y:f32:Parameter i (Add (Mul a s:f32) 1:f32))"), "(val s:f32 Plain) " + Floats, elements: true);
        Has(text,
            "// K: 256 elements a group, groups numbered x + 65535 y, 0 bytes shared. Made from its SPIR-V; compile with dxc -T cs_6_0 -E main -HV 2021 -Gis -WX.",
            "// u0 x: F32, by its bits, read",
            "RWStructuredBuffer<uint> x : register(u0);",
            "RWStructuredBuffer<uint> y : register(u1);",
            "float s : packoffset(c0.x);",
            "uint x_Length : packoffset(c0.y);",
            "uint grid : packoffset(c0.w);",
            "[numthreads(256, 1, 1)]",
            "void main(uint3 group : SV_GroupID, uint thread : SV_GroupIndex)",
            "uint t = group.x + group.y * 65535u;",
            "if (t < grid)");
        Assert.Contains("precise float a = asfloat(x[", text);
        Assert.Contains("= asuint(a * s + 1.0f);", text);
        Assert.DoesNotContain("Barrier", text);
        Assert.DoesNotContain("while", text);
    }

    [Fact]
    public void A_reduction_is_a_tree_in_groupshared_memory()
    {
        string add = "(function add Helper ((val a:f32 Plain) (val b:f32 Plain)) (r:f32) () () () (= r (Add a b)))";
        string text = Text($"(= s:f32 0:f32) {Lanes(LoadF + "(= s (Add s a))")} (reduce (t:f32) (s) {add}) (st y:f32:Parameter 0 t)", Floats);
        Has(text,
            "groupshared float shared_1[256];",
            "shared_1[thread] = s;",
            "AllMemoryBarrierWithGroupSync();",
            "for (uint k_1 = 128u; k_1 != 0u; k_1 = k_1 >> 1u)",
            "if (thread < k_1)",
            "AllMemoryBarrierWithGroupSync();",
            "if (thread == 0u)");
        Assert.Contains("s = s + a;", text);
    }

    [Fact]
    public void Scratch_is_groupshared_and_barriers_stand_where_the_module_has_them()
    {
        string text = Text("(array t:f32:Scratch 64) (lanes i:i32 0 64 (st t i (@ x:f32:Parameter i))) (lanes k:i32 0 64 (st y:f32:Parameter k (@ t (Sub 63 k))))", Floats);
        Has(text, "groupshared uint t[64];", "AllMemoryBarrierWithGroupSync();");
        Assert.Single(text.Split('\n'), l => l.Contains("Barrier"));
        Assert.Contains("] = x[", text); // by the bits
    }

    /// HLSL's functions take their sign from the array's type, SPIR-V's from the instruction.
    [Fact]
    public void Atomics_are_interlocked_and_signed_extrema_make_an_array_of_int()
    {
        string text = Text(Lanes("(= v:i32 (@ x:i32:Parameter i)) (atomic () Add y:i32:Parameter 0 v ()) (atomic () Min y 1 v ())"), Integers);
        Has(text, "RWStructuredBuffer<uint> x : register(u0);", "RWStructuredBuffer<int> y : register(u1);", "InterlockedAdd(y[0u], int(v));", "InterlockedMin(y[1u], int(v));");
    }

    [Fact]
    public void Compare_and_exchange_compares_first()
    {
        string text = Text("(lanes i:i32 0 6 (atomic old:i32 CompareExchange y:i32:Parameter 0 (Add i 10) 7) (st x:i32:Parameter i old))", "(buf x:i32:Parameter ReadWrite () 0 0) (buf y:i32:Parameter ReadWrite () 0 0)");
        Assert.Matches(@"InterlockedCompareExchange\(y\[0u\], 7u, i \+ 10u, old_\d\);", text);
    }

    [Fact]
    public void A_sum_of_floats_is_exchanged_until_nobody_came_between()
    {
        string text = Text(Lanes(LoadF + "(atomic () Add y:f32:Parameter 0 a ())"), Floats);
        Assert.Contains("InterlockedOr(y[0u], 0u, ", text);
        Assert.Contains("InterlockedCompareExchange(y[0u], ", text);
        Assert.Matches(@"while \(!k_\d\)", text);
    }

    /// No float in it: roots and rounding of double are functions of their own.
    [Fact]
    public void Double_stays_double()
    {
        string text = Text("(lanes i:i32 0 x.Length:i32 (= a:f64 (@ x:f64:Parameter i)) (= b:f64 (Floor a)) (= c:f64 (Sqrt b)) (st y:f64:Parameter i (Add c 0.1:f64)))", XY);
        Has(text, "RWStructuredBuffer<double> x : register(u0);", "double rounded(double x, uint how)", "double squareRoot(double x)");
        Assert.Contains("rounded(", text);
        Assert.Contains("0.1L", text);
        string body = text[text.IndexOf("[numthreads", StringComparison.Ordinal)..];
        Assert.DoesNotMatch(@"\bfloat\b|(?<!\w)sqrt\(|(?<!\w)floor\(", body);
    }

    [Fact]
    public void Signed_operations_are_signed_and_remainders_a_function()
    {
        string text = Text(Lanes("(= v:i32 (@ x:i32:Parameter i)) (= q:i32 (Div v 3)) (= r:i32 (Rem v 3)) (= s:i32 (Shr v 2)) (if (Lt v -5) ((= q 0))) (st y:i32:Parameter i (Add q (Add r s)))"), Integers);
        Has(text, "int remainder(int a, int b) { return a - a / b * b; }", "if (int(v) < (-5))");
        Assert.Contains("uint(int(v) / 3)", text);
        Assert.Contains("uint(remainder(int(v), int(3)))", text);
        Assert.Contains("uint(int(v) >> int(2u))", text);
    }

    /// Comparisons of floats end in a precise variable: NaN is not less.
    [Fact]
    public void Conditions_of_floats_are_precise()
    {
        string text = Text(Lanes(LoadF + "(if (Lt a 2:f32) ((= a 1:f32))) (st y:f32:Parameter i a)"), Floats);
        Assert.Matches(@"precise bool (t_\d) = a < 2\.0f;\s+if \(\1\)", text);
    }

    [Fact]
    public void A_value_is_not_moved_behind_what_changes_it()
    {
        // y[i] is read, then written, then the old value used.
        string text = Text(Lanes("(= old:i32 (@ y:i32:Parameter i)) (st y i (@ x:i32:Parameter i)) (= b:i32 (@ y i)) (st y i (Sub old b))"), Integers);
        Has(text, "uint old = y[i];", "y[i] = x[i];", "uint b = y[i];", "y[i] = old - b;");
    }

    [Fact]
    public void A_local_is_declared_where_it_begins_or_before_the_loop_that_carries_it()
    {
        string text = Text(Lanes("(= n:i32 0) (for l k:i32 0 5 1 (if (Eq k 2) ((= m:i32 7)) ((= m 8))) (if (Gt k 2) ((= n (Add n m))))) (st y:i32:Parameter i n)"), Integers);
        var lines = text.Split('\n').Select(l => l.Trim()).ToList();
        int declared = lines.IndexOf("uint m = 0u;"), loop = lines.FindIndex(l => l.StartsWith("for (", StringComparison.Ordinal));
        Assert.True(declared >= 0 && declared < loop, text);
        Assert.Contains("uint n = 0u;", text);
    }

    [Fact]
    public void The_text_depends_on_the_kernel_only()
    {
        string Once() => Text(Lanes("(= a:f64 (@ x:f64:Parameter i)) (= b:f64 (Fma a a a)) (st y:f64:Parameter i b)"), XY);
        Assert.Equal(Once(), Once());
    }

    /// What a form with wave operations needs: subgroup size and lane are values, a shuffle stands where the module has it.
    [Fact]
    public void Wave_operations_are_known()
    {
        var module = new SpirvModule();
        module.Mode(SpirvMode.LocalSize, 64, 1, 1);
        uint word = module.Type(SpirvOp.TypeInt, 32, 0), array = module.Type(SpirvOp.TypeRuntimeArray, word), block = module.Type(SpirvOp.TypeStruct, array);
        uint size = module.GlobalVariable(SpirvStorage.Input, word), lane = module.GlobalVariable(SpirvStorage.Input, word), x = module.GlobalVariable(SpirvStorage.StorageBuffer, block);
        module.Decorate(size, SpirvDecoration.BuiltIn, (uint)SpirvBuiltIn.SubgroupSize);
        module.Decorate(lane, SpirvDecoration.BuiltIn, (uint)SpirvBuiltIn.SubgroupLocalInvocationId);
        module.Decorate(x, SpirvDecoration.Binding, 0);
        uint Word(uint value) => module.Constant(SpirvOp.Constant, word, value);
        uint at = module.Make(SpirvOp.Load, word, lane), half = module.Make(SpirvOp.ShiftRightLogical, word, module.Make(SpirvOp.Load, word, size), Word(1));
        uint other = module.Make(SpirvOp.GroupNonUniformShuffle, word, Word(3), at, module.Make(SpirvOp.BitwiseXor, word, at, half));
        uint reversed = module.Make(SpirvOp.BitReverse, word, other), any = module.Make(SpirvOp.GroupNonUniformAny, module.Type(SpirvOp.TypeBool), Word(3), module.Make(SpirvOp.IEqual, module.Type(SpirvOp.TypeBool), reversed, at));
        uint chosen = module.Make(SpirvOp.Select, word, any, reversed, Word(7));
        module.Do(SpirvOp.Store, module.Make(SpirvOp.AccessChain, module.Pointer(SpirvStorage.StorageBuffer, word), x, Word(0), at), chosen);
        module.Do(SpirvOp.Return);
        var layout = new GpuKernelLayout([new GpuBinding("x", ScalarType.U32, Access.ReadWrite)], [], 4, 64, 0, 0, -1, false, false);
        string text = Compiled(HlslPrinter.Print(new(module.ToWords().ToSequence(), layout)));
        Has(text, "uint t = WaveReadLaneAt(WaveGetLaneIndex(), WaveGetLaneIndex() ^ (WaveGetLaneCount() >> 1u));", "uint t_1 = reversebits(t);", "bool t_2 = WaveActiveAnyTrue(t_1 == WaveGetLaneIndex());", "buffer[WaveGetLaneIndex()] = t_2 ? t_1 : 7u;");
    }

    [Fact]
    public void An_unknown_instruction_is_a_bug_and_throws()
    {
        var module = new SpirvModule();
        uint word = module.Type(SpirvOp.TypeInt, 32, 0), one = module.Constant(SpirvOp.Constant, word, 1), v = module.Make((SpirvOp)201 /* BitFieldInsert */, word, one);
        module.Do(SpirvOp.Store, module.LocalVariable(word), v);
        module.Do(SpirvOp.Return);
        var thrown = Assert.Throws<NotSupportedException>(() => HlslPrinter.Print(new(module.ToWords().ToSequence(), new([], [], 4, 1, 0, 0, -1, false, false))));
        Assert.Contains("201", thrown.Message);
    }
}
