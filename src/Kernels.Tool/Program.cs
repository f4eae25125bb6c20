return Kernels.Tool.CommandLine.Run(args, Console.Out, Console.Error);
