using System.Diagnostics;
using Kernels.Benchmarks.Yardsticks;
unsafe {
int n = args.Length > 0 ? int.Parse(args[0]) : 4096;
float* x = (float*)System.Runtime.InteropServices.NativeMemory.AlignedAlloc((nuint)n*4+256,64), y=(float*)System.Runtime.InteropServices.NativeMemory.AlignedAlloc((nuint)n*4+256,64);
var r = new Random(1); for (int i=0;i<n;i++) x[i]=(float)(r.NextDouble()*20-10);
double s=0; for (int i=0;i<n;i++) s+=Math.Exp(x[i]);
foreach (bool wide in new[]{true,false}) {
if (wide && !System.Runtime.Intrinsics.X86.Avx512F.IsSupported) continue;
void F() { if (wide) Softmax512.Row(x,y,n); else Softmax256.Row(x,y,n); }
F();
double worst=0; for(int i=0;i<n;i++){ double e=Math.Exp(x[i])/s; float f=(float)e; worst=Math.Max(worst,Math.Abs(y[i]-e)/(MathF.BitIncrement(f)-f)); }
int reps=Math.Max(1,2000000/n); double best=1e9;
for(int k=0;k<40;k++){ long t=Stopwatch.GetTimestamp(); for(int j=0;j<reps;j++) F(); best=Math.Min(best,Stopwatch.GetElapsedTime(t).TotalNanoseconds/reps/n);} 
Console.WriteLine($"{(wide?512:256)} n={n} ulp {worst:F2} {best:F4} ns/element");
}}
