namespace Kernels.Tool;

/// <summary>An input, output or option of a function of `kernels run`.</summary>
sealed record RunParameter(string Name, string Description);

/// <summary>A function that `kernels run` applies to files. A family adds its functions to <see cref="RunFunctions.All"/>.</summary>
sealed record RunFunction(string Name, string Summary, RunParameter[] Inputs, RunParameter[] Outputs, RunParameter[] Options, Action<RunCall> Apply)
{
    /// <summary>The kernel that does most of the work, for `kernels show`; OnDevice: that on devices, if it is another.</summary>
    public required string Kernel { get; init; }

    public string? OnDevice { get; init; }
}

/// <summary>One application of a function: what was read, what was asked for, and where results go.</summary>
sealed class RunCall(RunFunction function, IReadOnlyDictionary<string, NpyArray> inputs, IReadOnlyDictionary<string, string> options, KernelOptions kernel, IDevice? device)
{
    readonly Dictionary<string, NpyArray> outputs = [];

    public KernelOptions Kernel { get; } = kernel;

    /// <summary>Runs on the processor, or where a device is asked for there.</summary>
    /// <param name="onDevice">From the inputs' buffers to the last, the output's; null: there is no such form.</param>
    /// <exception cref="Failure">A device is asked for, and there is no such form.</exception>
    public T[] Run<T>(T[][] inputs, int length, Action<T[]> onProcessor, Action<IDeviceBuffer<T>[]>? onDevice) where T : unmanaged
    {
        var result = new T[length];
        if (device is null)
        {
            onProcessor(result);
            return result;
        }
        if (onDevice is null) throw new Failure($"{function.Name} has no form for devices; --target {Targets.Auto} runs on the processor");
        IDeviceBuffer<T>[] buffers = [.. inputs.Select(x => device.Upload<T>(x)), device.Allocate<T>(length)];
        try
        {
            onDevice(buffers);
            buffers[^1].Download(result);
        }
        finally
        {
            foreach (var buffer in buffers) buffer.Dispose();
        }
        return result;
    }

    public NpyArray Input(string name) => inputs[name];

    public string? Option(string name) => function.Options.Any(o => o.Name == name) ? options.GetValueOrDefault(name) : throw new ArgumentException($"{function.Name} declares no option {name}.", nameof(name));

    public void Output(string name, NpyArray array) => outputs.Add(name, array);

    public NpyArray Result(string name) => outputs[name];
}
