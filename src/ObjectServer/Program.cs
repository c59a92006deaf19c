using System.Text;
using ObjectServer.Commands;

#pragma warning disable RS0030 // The one place that knows the terminal.
var standardOutput = new StreamWriter(
    Console.OpenStandardOutput(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), bufferSize: 64 * 1024);
await using var output = TextWriter.Synchronized(standardOutput);
return await new ObjectServerCommand(output, Console.Error, Environment.GetEnvironmentVariable)
    .RunAsync(args, CancellationToken.None);
