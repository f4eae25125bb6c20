namespace Kernels.Tool;

/// <summary>Bad use or bad input: the command prints the message as one line on the error stream and ends with exit code 2.</summary>
sealed class Failure(string message) : Exception(message);
