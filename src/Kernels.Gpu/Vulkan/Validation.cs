using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Kernels.Gpu.Vulkan;

/// What the validation layer says, where the user asks for it. The layer calls back on the thread that made the call.
static unsafe class Validation
{
    internal const string Variable = "KERNELS_GPU_VALIDATION";
    const uint Warning = 0x100, Fault = 0x1000, General = 1, Rules = 2;
    static readonly ConcurrentQueue<string> all = new(), fresh = new();

    internal static bool Requested { get; } = Environment.GetEnvironmentVariable(Variable) == "1";

    /// <summary>Every message so far.</summary>
    internal static IReadOnlyList<string> Messages => [.. all];

    /// <summary>Throws if there are messages that were not thrown before.</summary>
    internal static void Check()
    {
        if (fresh.IsEmpty) return;
        List<string> messages = [];
        while (fresh.TryDequeue(out string? message)) messages.Add(message);
        if (messages.Count > 0) throw new GpuValidationException(messages);
    }

    internal static VkDebugUtilsMessengerCreateInfoEXT Messenger() => new() { messageSeverity = Warning | Fault, messageType = General | Rules, pfnUserCallback = &Receive };

    [UnmanagedCallersOnly]
    static uint Receive(uint severity, uint type, VkDebugUtilsMessengerCallbackDataEXT* data, void* user)
    {
        string message = Marshal.PtrToStringUTF8((nint)data->pMessage) ?? "";
        // The loader reports drivers that are installed for cards that are not here as general messages: no fault of ours.
        if ((type & Rules) == 0 && severity < Fault) return 0;
        all.Enqueue(message);
        fresh.Enqueue(message);
        return 0;
    }
}
