using System.Runtime.InteropServices;
using System.Text;

namespace Kernels.Gpu.Vulkan;

/// The loader and the one instance of this process, which lives as long as the process.
sealed unsafe class Instance
{
    const string Layer = "VK_LAYER_KHRONOS_validation";
    const string Install = "Install the loader and a driver: the graphics driver of the card's vendor, or on Debian and Ubuntu `apt-get install libvulkan1 mesa-vulkan-drivers` "
        + "(it brings lavapipe, which runs on the processor). On Windows both come with the graphics driver.";

    static readonly Lazy<Instance> only = new(() => new(), LazyThreadSafetyMode.ExecutionAndPublication);

    /// <exception cref="GpuUnavailableException">There is no loader or no driver; thrown again at each call.</exception>
    internal static Instance Get() => only.Value;

    readonly nint handle;
    readonly delegate* unmanaged<nint, byte*, nint> getInstanceProcAddr;

    Instance()
    {
        // The structures are laid out for pointers of 8 bytes.
        if (!Environment.Is64BitProcess) throw new GpuUnavailableException("GPU kernels need a 64-bit process.");
        // The loader stays loaded: drivers keep threads, which must not outlive their code.
        if (!Library(out nint library)) throw new GpuUnavailableException($"No Vulkan loader ({string.Join(" or ", Names)}) was found. {Install}");
        getInstanceProcAddr = (delegate* unmanaged<nint, byte*, nint>)NativeLibrary.GetExport(library, "vkGetInstanceProcAddr");
        var version = (delegate* unmanaged<uint*, int>)FindOrNull("vkEnumerateInstanceVersion");
        uint api = 0;
        if (version == null || version(&api) < 0 || api < Vk.Api12) throw new GpuUnavailableException($"The Vulkan loader is older than Vulkan 1.2. {Install}");

        bool validate = Validation.Requested;
        if (validate && !HasLayer()) throw new GpuUnavailableException($"{Validation.Variable}=1 asks for {Layer}, which is not installed: `apt-get install vulkan-validationlayers`, or the Vulkan SDK.");
        // Synchronisation is checked too: a missing barrier does no harm on a driver that runs dispatches one by one, as lavapipe does.
        uint synchronisation = 4;
        var features = new VkValidationFeaturesEXT { enabledValidationFeatureCount = 1, pEnabledValidationFeatures = &synchronisation };
        var messenger = Validation.Messenger();
        messenger.pNext = &features;
        var application = new VkApplicationInfo { apiVersion = Vk.Api12 };
        fixed (byte* layer = Utf8(Layer), extension = "VK_EXT_debug_utils\0"u8)
        {
            byte* layers = layer, extensions = extension;
            var create = new VkInstanceCreateInfo
            {
                pApplicationInfo = &application,
                pNext = validate ? &messenger : null,
                enabledLayerCount = validate ? 1u : 0,
                ppEnabledLayerNames = &layers,
                enabledExtensionCount = validate ? 1u : 0,
                ppEnabledExtensionNames = &extensions,
            };
            nint made = 0;
            int result = ((delegate* unmanaged<VkInstanceCreateInfo*, void*, nint*, int>)Find("vkCreateInstance"))(&create, null, &made);
            if (result < 0) throw new GpuUnavailableException($"The Vulkan loader found no driver it can use ({Vk.Error(result, "vkCreateInstance", 0, null).Message}) {Install}");
            handle = made;
        }
        EnumeratePhysicalDevices = (delegate* unmanaged<nint, uint*, nint*, int>)Find("vkEnumeratePhysicalDevices");
        GetPhysicalDeviceProperties2 = (delegate* unmanaged<nint, VkPhysicalDeviceProperties2*, void>)Find("vkGetPhysicalDeviceProperties2");
        GetPhysicalDeviceFeatures2 = (delegate* unmanaged<nint, VkPhysicalDeviceFeatures2*, void>)Find("vkGetPhysicalDeviceFeatures2");
        GetPhysicalDeviceMemoryProperties = (delegate* unmanaged<nint, VkPhysicalDeviceMemoryProperties*, void>)Find("vkGetPhysicalDeviceMemoryProperties");
        GetPhysicalDeviceQueueFamilyProperties = (delegate* unmanaged<nint, uint*, VkQueueFamilyProperties*, void>)Find("vkGetPhysicalDeviceQueueFamilyProperties");
        EnumerateDeviceExtensionProperties = (delegate* unmanaged<nint, byte*, uint*, VkExtensionProperties*, int>)Find("vkEnumerateDeviceExtensionProperties");
        CreateDevice = (delegate* unmanaged<nint, VkDeviceCreateInfo*, void*, nint*, int>)Find("vkCreateDevice");
        GetDeviceProcAddr = Find("vkGetDeviceProcAddr");
        if (!validate) return;
        messenger.pNext = null;
        ulong ignored;
        Vk.Check(((delegate* unmanaged<nint, VkDebugUtilsMessengerCreateInfoEXT*, void*, ulong*, int>)Find("vkCreateDebugUtilsMessengerEXT"))(handle, &messenger, null, &ignored), "vkCreateDebugUtilsMessengerEXT");
    }

    internal readonly delegate* unmanaged<nint, VkPhysicalDeviceProperties2*, void> GetPhysicalDeviceProperties2;
    internal readonly delegate* unmanaged<nint, VkPhysicalDeviceFeatures2*, void> GetPhysicalDeviceFeatures2;
    internal readonly delegate* unmanaged<nint, VkPhysicalDeviceMemoryProperties*, void> GetPhysicalDeviceMemoryProperties;
    internal readonly delegate* unmanaged<nint, uint*, VkQueueFamilyProperties*, void> GetPhysicalDeviceQueueFamilyProperties;
    internal readonly delegate* unmanaged<nint, VkDeviceCreateInfo*, void*, nint*, int> CreateDevice;
    internal readonly nint GetDeviceProcAddr;
    readonly delegate* unmanaged<nint, uint*, nint*, int> EnumeratePhysicalDevices;
    readonly delegate* unmanaged<nint, byte*, uint*, VkExtensionProperties*, int> EnumerateDeviceExtensionProperties;

    /// <summary>The devices of all drivers.</summary>
    /// <exception cref="GpuUnavailableException">The drivers that are installed are for devices that are not here.</exception>
    internal nint[] PhysicalDevices()
    {
        uint count = 0;
        int result = EnumeratePhysicalDevices(handle, &count, null);
        var devices = new nint[count];
        if (result >= 0)
            fixed (nint* at = devices) result = EnumeratePhysicalDevices(handle, &count, at);
        return result >= 0 ? devices[..(int)count]
            : throw new GpuUnavailableException($"The Vulkan drivers found no device ({Vk.Error(result, "vkEnumeratePhysicalDevices", 0, null).Message}) {Install}");
    }

    internal const string SubgroupSizeControl = "VK_EXT_subgroup_size_control";

    /// <summary>The driver has the extension; a failure counts as no.</summary>
    internal bool HasExtension(nint physical, string name)
    {
        uint count = 0;
        if (EnumerateDeviceExtensionProperties(physical, null, &count, null) < 0) return false;
        var all = new VkExtensionProperties[count];
        fixed (VkExtensionProperties* at = all)
        {
            if (EnumerateDeviceExtensionProperties(physical, null, &count, at) < 0) return false;
            for (int i = 0; i < (int)count; i++)
                if (Marshal.PtrToStringUTF8((nint)at[i].extensionName) == name) return true;
        }
        return false;
    }

    /// <summary>Said when there is an instance but no device that will do.</summary>
    internal static string NoDevice => $"No device with Vulkan 1.2 and a compute queue was found. {Install}";

    static string[] Names => OperatingSystem.IsWindows() ? ["vulkan-1.dll"] : ["libvulkan.so.1", "libvulkan.so"];

    static bool Library(out nint library)
    {
        foreach (string name in Names)
            if (NativeLibrary.TryLoad(name, out library)) return true;
        library = 0;
        return false;
    }

    bool HasLayer()
    {
        var enumerate = (delegate* unmanaged<uint*, VkLayerProperties*, int>)Find("vkEnumerateInstanceLayerProperties");
        uint count = 0;
        Vk.Check(enumerate(&count, null), "vkEnumerateInstanceLayerProperties");
        var layers = new VkLayerProperties[count];
        fixed (VkLayerProperties* at = layers)
        {
            Vk.Check(enumerate(&count, at), "vkEnumerateInstanceLayerProperties");
            for (int i = 0; i < (int)count; i++)
                if (Marshal.PtrToStringUTF8((nint)at[i].layerName) == Layer) return true;
        }
        return false;
    }

    nint Find(string name) => FindOrNull(name) is not 0 and var found ? found : throw new GpuUnavailableException($"The Vulkan loader has no {name}. {Install}");

    nint FindOrNull(string name)
    {
        fixed (byte* bytes = Utf8(name)) return getInstanceProcAddr(handle, bytes);
    }

    internal static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text + "\0");
}
