using Kernels.Generators.IR;
using Kernels.Generators.Targets;

namespace Kernels.Generators.Passes;

/// Chooses L, the number of virtual lanes, for a target: vectors in flight times the lanes of a vector. [Lanes] and [Schedule] decide
/// where they are given. Otherwise the width is that of the widest arithmetic type alone in the lane loops (only 64-bit values: 8 lanes of 512
/// bits; any 32-bit value: 16), and the vectors in flight follow the size of the largest loop body.
static class LaneCount
{
    /// Operations in a loop body up to which 4 and 2 vectors fly. Short bodies are bound by latency and loop overhead; a polynomial of some 20
    /// operations still gains from 4 chains where 32 registers hold them, and spills with 16.
    static (int Four, int Two) Limits(CpuTarget target) => target.Registers > 20 ? (40, 80) : (10, 40);

    public static Layout Choose(Function f, Shapes shapes, CpuTarget target)
    {
        var survey = new Survey(shapes);
        survey.Visit(f.Body, null);
        var mask = survey.Narrow ? ScalarType.I32 : ScalarType.I64;
        int lanes;
        if (f.Schedule.Lanes > 0) lanes = f.Schedule.Lanes;
        else if (target.VectorBits == 0 || f.Schedule.CpuScalar) lanes = 1;
        else if (BlockRegisters.Lanes(f) is > 0 and var block) lanes = block;
        else
        {
            int width = Math.Max(4, target.VectorBits / (survey.Narrow ? 32 : 64));
            int vectors = f.Schedule.Vectors > 0 ? f.Schedule.Vectors
                : survey.Diverges ? 1
                : survey.Largest <= Limits(target).Four ? 4
                : survey.Largest <= Limits(target).Two ? 2 : 1;
            lanes = width * vectors;
        }
        int bits = f.Schedule.CpuScalar ? 0 : target.VectorBits;
        return new Layout(lanes, bits, mask);
    }

    /// Looks at the values of lane loops, not at the integers that only make addresses.
    sealed class Survey(Shapes shapes)
    {
        public bool Narrow { get; private set; }
        public bool Diverges { get; private set; }
        /// Operations of the largest body: where a vector has 32-bit lanes, one on 64-bit values is two.
        public int Largest => bodies.Select(b => b.All + (Narrow ? b.Wide : 0)).DefaultIfEmpty(0).Max();
        readonly List<(int All, int Wide)> bodies = [];
        int operations, wide;

        public void Visit(Sequence<Stmt> body, Local? lane)
        {
            foreach (var s in body)
            {
                if (s is LaneLoop l)
                {
                    operations = wide = 0;
                    Visit(l.Body, l.Lane);
                    bodies.Add((operations, wide));
                    continue;
                }
                if (lane is not null)
                {
                    if (s is Loop loop && shapes.IsVaryingLabel(loop.Label) || s is For f && shapes.IsVaryingLabel(f.Label)) Diverges = true;
                    foreach (var e in s.Expressions())
                        if (!(s is Store { Mask: null } at && ReferenceEquals(e, at.Index) && shapes.IsLookup(e, lane))) Visit(e, lane);
                    if (s is Store st && st.Buffer.Element.Bytes() < 8) Narrow = true;
                    foreach (var t in s.Assigns())
                        if (t.Type.Bytes() is > 1 and < 8 && shapes.IsVarying(t) && !IsAddress(t)) Narrow = true;
                }
                foreach (var inner in s.Bodies()) Visit(inner, lane);
            }

            bool IsAddress(Local t) => lane is not null && shapes.Affine(t.Read(), lane) is not null;
        }

        void Visit(Expr e, Local lane)
        {
            switch (e)
            {
                case Load l:
                    operations++;
                    if (l.Buffer.Element.Bytes() < 8 && shapes.IsVarying(l)) Narrow = true;
                    if (shapes.Affine(l.Index, lane) is null && !shapes.IsLookup(l.Index, lane)) Visit(l.Index, lane);
                    break;
                case Apply a:
                    operations++;
                    bool address = shapes.IsVarying(a) && shapes.Affine(a, lane) is not null;
                    if (!address && shapes.IsVarying(a) && a.Type.Bytes() == 8) wide++;
                    if (!address && shapes.IsVarying(a) && a.Type.Bytes() is > 1 and < 8) Narrow = true;
                    foreach (var arg in a.Args) Visit(arg, lane);
                    break;
                case Use u when u.Type.Bytes() is > 1 and < 8 && shapes.IsVarying(u) && shapes.Affine(u, lane) is null:
                    Narrow = true;
                    break;
            }
        }
    }
}
