using Kernels.Gpu.ComputeSharp;

// Kernels.Dxc dxcompiler.dll list: for each line "source<tab>disassembly<tab>arguments" of the list compiles the source and writes the disassembly, or instead "ERROR" and what the compiler said.
if (args.Length != 2)
{
    Console.Error.WriteLine("usage: Kernels.Dxc dxcompiler.dll list");
    return 2;
}
using var dxc = new Dxc(args[0]);
int failed = 0;
foreach (string line in File.ReadLines(args[1]))
{
    string[] parts = line.Split('\t');
    var (dxil, messages) = dxc.Compile(File.ReadAllText(parts[0]), parts[2].Split(' ', StringSplitOptions.RemoveEmptyEntries));
    File.WriteAllText(parts[1], dxil is null || messages.Length > 0 ? "ERROR\n" + messages : dxc.Disassemble(dxil));
    if (dxil is null || messages.Length > 0) failed++;
}
Console.WriteLine($"{failed} failed");
return failed == 0 ? 0 : 1;
