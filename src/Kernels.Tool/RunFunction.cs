namespace Kernels.Tool;

/// <summary>An input, output or option of a function of `kernels run`.</summary>
sealed record RunParameter(string Name, string Description);

/// <summary>A function that `kernels run` applies to files. A family adds its functions to <see cref="RunFunctions.All"/>.</summary>
sealed record RunFunction(string Name, string Summary, RunParameter[] Inputs, RunParameter[] Outputs, RunParameter[] Options, Action<RunCall> Apply);

/// <summary>One application of a function: what was read, what was asked for, and where results go.</summary>
sealed class RunCall(RunFunction function, IReadOnlyDictionary<string, NpyArray> inputs, IReadOnlyDictionary<string, string> options, KernelOptions kernel)
{
    readonly Dictionary<string, NpyArray> outputs = [];

    public KernelOptions Kernel { get; } = kernel;

    public NpyArray Input(string name) => inputs[name];

    public string? Option(string name) => function.Options.Any(o => o.Name == name) ? options.GetValueOrDefault(name) : throw new ArgumentException($"{function.Name} declares no option {name}.", nameof(name));

    public void Output(string name, NpyArray array) => outputs.Add(name, array);

    public NpyArray Result(string name) => outputs[name];
}
