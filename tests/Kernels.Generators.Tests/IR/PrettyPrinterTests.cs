using Kernels.Generators.IR;

namespace Kernels.Generators.Tests.IR;

public class PrettyPrinterTests
{
    [Fact]
    public void Every_node_reads_like_C()
    {
        const string Source = """
            kir1 (function K Kernel ((val row:i32 BlockIndex) (buf x:f32:Parameter Read () 1 0) (buf y:f32:Parameter Write x 0 1) (buf z:i32:Parameter ReadWrite () 0 0)) () ((c:f32:Constant 0 1065353216)) (2 16 0 0 0 0 0 0 0) ()
              (array t:f32:Scratch (Mul x.Length:i32 2) 0:f32) (= s:f32 0:f32)
              (lanes.full i:i32 row x.Length (= s (MulAdd (Neg (@! x i)) (Sub s (Sub s 0.5:f32)) (Select (Lt i 3) s (@ c 0)))) (st! t i s (Not (Eq i 4)))
                (block b (if (Lt s 1:f32) ((leave b)) ((= s 1:f32))))
                (ldg (p:f32 q:f32) x (Mul i 2)) (stg t (Mul i 2) p q)
                (atomic old:i32 CompareExchange z 0 i (Bits:i32 s)) (= w:f32 (Permute s 1 0)))
              (reduce (m:f32) (s) (function add Helper ((val a:f32 Plain) (val b:f32 Plain)) (r:f32) () () () (= r (Add a b))))
              (= n:i32 0) (chunks k b0:i32 e0:i32 0 row (append z n b0)) (for f j:i32 row 0 -1 (loop l (leave l)))
              (call (u:f32) h (m) (x 0 row)) (dispatch (v:f32) row (u) (function one Helper ((val a:f32 Plain)) (r:f32) () () () (= r a) (return))))
            """;
        const string Expected = """
            // Schedule { Vectors = 2, Lanes = 16, PrefetchBytes = 0, NonTemporal = False, Float = Strict, FastMath = False, UnrollAll = False, CpuScalar = False, Threads = 0 }
            kernel K(block i32 row, trusted in f32 x[], out f32 y[,] in place of x, inout i32 z[]) {
                constant f32 c[2] = { 0.0f, 1.0f };
                scratch f32 t[x.Length * 2] persistently 0.0f;
                f32 s = 0.0f;
                lanes (i32 i in row .. x.Length) { // OneFull
                    s = MulAdd(-x[i]?, s - (s - 0.5f), i < 3 ? s : c[0]);
                    t[i]? = s where !(i == 4);
                    b: {
                        if (s < 1.0f) {
                            leave b;
                        } else {
                            s = 1.0f;
                        }
                    }
                    (f32 p, f32 q) = x[i * 2 ..+ 2];
                    t[i * 2 ..+ 2] = (p, q);
                    i32 old = atomicCompareExchange(z[0], i, Bits.i32(s));
                    f32 w = permute(s; 1 0);
                }
                f32 m = reduce s by
                    helper add(f32 a, f32 b) -> f32 r {
                        r = a + b;
                    }
                i32 n = 0;
                k: chunks (i32 b0, i32 e0 in 0 .. row) {
                    z[n++] = b0;
                }
                f: for (i32 j = row; j > 0; j += -1) {
                    l: loop {
                        leave l;
                    }
                }
                f32 u = h(m, x[0 ..+ row]);
                f32 v = by region row of (u)
                    helper one(f32 a) -> f32 r {
                        r = a;
                        return;
                    }
            }

            """;
        Assert.Equal(Expected.ReplaceLineEndings("\n"), PrettyPrinter.Print(IRText.ParseFunction(Source)));
    }
}
