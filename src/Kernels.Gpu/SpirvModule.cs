using System.Text;

namespace Kernels.Gpu;

/// <summary>
/// What a SPIR-V module says of itself, as far as the host needs it: drivers do not check it, and a group size or a binding other than the caller's gives wrong
/// results without a word. Source: the SPIR-V specification 1.5, sections 2.3 (layout of the words) and 3 (numbers).
/// </summary>
sealed class SpirvModule
{
    const uint Magic = 0x07230203, Version15 = 0x00010500;
    const uint StorageUniform = 2, StorageWorkgroup = 4, StorageBuffer = 12;

    internal (uint X, uint Y, uint Z) LocalSize { get; private set; }
    /// Bytes of group-shared memory, without padding that a driver may add.
    internal long SharedBytes { get; private set; }
    internal List<uint> Capabilities { get; } = [];
    /// Execution modes of float arithmetic: mode and width in bits.
    internal List<(uint Mode, uint Width)> FloatModes { get; } = [];
    internal List<uint> Bindings { get; } = [];

    /// <exception cref="KernelCompileException">These are no words of a compute module with the entry point main.</exception>
    internal static SpirvModule Read(string kernel, ReadOnlySpan<uint> words)
    {
        KernelCompileException Bad(string message) => new(kernel, message);
        if (words.Length < 5 || words[0] != Magic) throw Bad("the words are no SPIR-V module (they do not start with 0x07230203).");
        if (words[1] > Version15) throw Bad($"the module is SPIR-V {words[1] >> 16 & 255}.{words[1] >> 8 & 255}; Vulkan 1.2 takes versions up to 1.5.");

        var module = new SpirvModule();
        Dictionary<uint, long> sizes = [];
        Dictionary<uint, uint> constants = [], pointees = [], bindings = [], sets = [];
        List<uint> arrays = [];
        List<string> entries = [];
        uint main = 0;
        for (int at = 5; at < words.Length;)
        {
            int count = (int)(words[at] >> 16), code = (int)(words[at] & 0xffff);
            if (count == 0 || count > words.Length - at) throw Bad($"the instruction at word {at} is {count} words long, of {words.Length - at} that are left.");
            var w = words.Slice(at + 1, count - 1);
            at += count;
            if (w.Length < Least(code)) throw Bad($"the instruction at word {at - count} (opcode {code}) is too short.");
            switch (code)
            {
                case 17: module.Capabilities.Add(w[0]); break;
                case 15: // OpEntryPoint model id name
                    string name = Name(w[2..]);
                    entries.Add(name);
                    if (w[0] == 5 && name == "main") main = w[1];
                    break;
                case 16 when w[0] == main && w[1] == 17 && w.Length >= 5: module.LocalSize = (w[2], w[3], w[4]); break;
                case 16 when w[0] == main && w[1] is >= 4459 and <= 4463 && w.Length >= 3: module.FloatModes.Add((w[1], w[2])); break;
                case 71 when w[1] == 33 && w.Length >= 3: bindings[w[0]] = w[2]; break;
                case 71 when w[1] == 34 && w.Length >= 3: sets[w[0]] = w[2]; break;
                case 20: sizes[w[0]] = 4; break;
                case 21 or 22: sizes[w[0]] = w[1] / 8; break;
                case 23: sizes[w[0]] = sizes.GetValueOrDefault(w[1]) * w[2]; break;
                case 28: sizes[w[0]] = sizes.GetValueOrDefault(w[1]) * constants.GetValueOrDefault(w[2]); break;
                case 30: // OpTypeStruct id members
                    long sum = 0;
                    foreach (uint member in w[1..]) sum += sizes.GetValueOrDefault(member);
                    sizes[w[0]] = sum;
                    break;
                case 32: pointees[w[0]] = w[2]; break;
                case 43: constants[w[1]] = w[2]; break;
                case 59 when w[2] == StorageWorkgroup: module.SharedBytes += sizes.GetValueOrDefault(pointees.GetValueOrDefault(w[0])); break;
                case 59 when w[2] is StorageBuffer or StorageUniform: arrays.Add(w[1]); break;
            }
        }
        if (main == 0) throw Bad($"it has no compute entry point 'main'{(entries.Count > 0 ? $", but {string.Join(", ", entries.Select(e => $"'{e}'"))}" : "")}.");
        if (module.LocalSize == default) throw Bad("the entry point 'main' has no LocalSize.");
        foreach (uint array in arrays)
        {
            if (!bindings.TryGetValue(array, out uint binding) || sets.GetValueOrDefault(array, uint.MaxValue) != 0) throw Bad("an array has no Binding in DescriptorSet 0.");
            module.Bindings.Add(binding);
        }
        return module;
    }

    /// Words that are read without a look at the length.
    static int Least(int code) => code switch { 17 or 20 or 30 => 1, 16 or 21 or 22 or 71 => 2, 15 or 23 or 28 or 32 or 43 or 59 => 3, _ => 0 };

    static string Name(ReadOnlySpan<uint> words)
    {
        var bytes = System.Runtime.InteropServices.MemoryMarshal.AsBytes(words);
        int end = bytes.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? bytes : bytes[..end]);
    }

    /// <exception cref="KernelCompileException">The module and the layout disagree.</exception>
    internal void CheckLayout(string kernel, KernelLayout layout)
    {
        var (x, y, z) = LocalSize;
        if ((x, y, z) != ((uint)layout.LocalSizeX, (uint)layout.LocalSizeY, (uint)layout.LocalSizeZ))
            throw new KernelCompileException(kernel, $"its groups are {x} x {y} x {z} threads; the layout says {layout.LocalSizeX} x {layout.LocalSizeY} x {layout.LocalSizeZ}.");
        foreach (uint binding in Bindings)
            if (binding >= layout.Bindings) throw new KernelCompileException(kernel, $"it uses binding {binding}; the layout has {layout.Bindings} arrays.");
    }

    /// <exception cref="GpuFeatureMissingException">The device cannot run it.</exception>
    internal void CheckDevice(string kernel, KernelLayout layout, GpuCapabilities device)
    {
        foreach (uint capability in Capabilities)
            if (Lacks(capability, device) is { } feature) throw Missing(feature, $"{feature}, which the device does not have");
        foreach (var (mode, width) in FloatModes)
        {
            // The capabilities list signed zeros (mode 4461) first, the modes' numbers subnormals (4459, 4460).
            int family = mode switch { 4461 => 0, 4459 => 1, 4460 => 2, 4462 => 3, _ => 4 };
            string name = family switch { 0 => "SignedZeroInfNanPreserve", 1 => "DenormPreserve", 2 => "DenormFlushToZero", 3 => "RoundingModeRTE", _ => "RoundingModeRTZ" };
            int place = width switch { 16 => 0, 32 => 1, 64 => 2, _ => -1 };
            if (place < 0 || !device.FloatControls[3 * family + place]) throw Missing($"{name}{width}", $"{name} for {width} bits, which the device does not have");
        }
        var (x, y, z) = LocalSize;
        var most = device.MaxGroupSize;
        if (x > most.X || y > most.Y || z > most.Z || (long)x * y * z > device.MaxGroupThreads)
            throw Missing(nameof(device.MaxGroupThreads), $"groups of {x} x {y} x {z} threads; the device has {device.MaxGroupThreads}, at most {most.X} x {most.Y} x {most.Z}");
        if (layout.LeastSubgroup > 0 && !device.HasFullSubgroups(layout.LocalSizeX, layout.LeastSubgroup))
            throw Missing(nameof(device.FullSubgroups), $"full subgroups of {layout.LeastSubgroup} threads or more, a whole number of them in {x} threads; the device has {device.SubgroupSize}, {(device.FullSubgroups ? "full on demand" : "not always full")}");
        if (SharedBytes > device.SharedMemoryBytes) throw Missing(nameof(device.SharedMemoryBytes), $"{SharedBytes} bytes of shared memory; the device has {device.SharedMemoryBytes}");
        if (layout.PushConstantBytes > device.MaxPushConstantBytes)
            throw Missing(nameof(device.MaxPushConstantBytes), $"{layout.PushConstantBytes} bytes of push constants; the device has {device.MaxPushConstantBytes}");
        if (layout.Bindings > device.MaxBindings) throw Missing(nameof(device.MaxBindings), $"{layout.Bindings} arrays; the device has {device.MaxBindings}");

        GpuFeatureMissingException Missing(string feature, string what) => new(feature, $"The kernel '{kernel}' needs {what} ('{device.Name}').");
    }

    /// null: the device has what the SPIR-V capability stands for.
    static string? Lacks(uint capability, GpuCapabilities device) => capability switch
    {
        0 or 1 or (>= 4464 and <= 4468) => null, // Matrix, Shader; controls of float arithmetic are judged by their modes
        9 => device.Float16 ? null : nameof(device.Float16),
        10 => device.Float64 ? null : nameof(device.Float64),
        11 => device.Int64 ? null : nameof(device.Int64),
        12 => device.Int64Atomics ? null : nameof(device.Int64Atomics),
        22 => device.Int16 ? null : nameof(device.Int16),
        39 => device.Int8 ? null : nameof(device.Int8),
        >= 61 and <= 68 => Subgroup((GpuSubgroupOperations)(1 << (int)(capability - 61)), device),
        4433 => device.Storage16 ? null : nameof(device.Storage16),
        4448 => device.Storage8 ? null : nameof(device.Storage8),
        5345 or 5346 => device.VulkanMemoryModel ? null : nameof(device.VulkanMemoryModel),
        _ => $"SPIR-V capability {capability}",
    };

    static string? Subgroup(GpuSubgroupOperations needed, GpuCapabilities device) => (device.SubgroupOperations & needed) != 0 ? null : $"{nameof(device.SubgroupOperations)}.{needed}";
}
