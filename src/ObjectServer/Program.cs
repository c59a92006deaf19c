using ObjectServer.Commands;

#pragma warning disable RS0030 // The one place that knows the terminal.
return await new ObjectServerCommand(Console.Out, Console.Error, Environment.GetEnvironmentVariable)
    .RunAsync(args, CancellationToken.None);
