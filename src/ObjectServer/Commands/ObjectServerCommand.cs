using System.CommandLine;
using System.CommandLine.Parsing;
using Microsoft.Extensions.Configuration;
using ObjectServer.Hosting;

namespace ObjectServer.Commands;

/// <summary>The command line: <c>serve</c>, which is also what happens without a command, and what operators need.</summary>
/// <param name="output">Where answers and log lines go; flushed where somebody may be waiting, and at the end.</param>
/// <param name="errors">Where mistakes and failures go.</param>
/// <param name="environment">A variable of the environment, or null.</param>
internal sealed class ObjectServerCommand(TextWriter output, TextWriter errors, Func<string, string?> environment)
{
    /// <summary>Everything went as it should.</summary>
    public const int Success = 0;

    /// <summary>It was asked for rightly, and did not work out.</summary>
    public const int Failure = 1;

    /// <summary>It was asked for wrongly.</summary>
    public const int Misuse = 2;

    private const string SettingsFile = "appsettings.json";

    private readonly Dictionary<Setting, Option<string[]>> _options = Setting.All.ToDictionary(
        setting => setting,
        setting => new Option<string[]>(setting.Option)
        {
            Description = Describe(setting),
            HelpName = setting.Value,
            Arity = ArgumentArity.OneOrMore,
            AllowMultipleArgumentsPerToken = false,
        });

    /// <summary>Runs what the arguments say.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(string[] arguments, CancellationToken cancellation)
    {
        var parsed = CreateRoot().Parse(arguments);
        if (parsed.Errors.Count > 0)
        {
            // What is wrong with the settings is said in the same breath.
            Complain(parsed.Errors.Select(error => error.Message).Concat(ReadOptions(parsed).Mistakes));
            return Misuse;
        }

        // The host handles SIGTERM and SIGINT itself: it drains first.
        var configuration = new InvocationConfiguration
        {
            Output = output,
            Error = errors,
            ProcessTerminationTimeout = null,
            EnableDefaultExceptionHandler = false,
        };
        try
        {
            return await parsed.InvokeAsync(configuration, cancellation);
        }
        finally
        {
            await output.FlushAsync(CancellationToken.None);
        }
    }

    private RootCommand CreateRoot()
    {
        var root = new RootCommand(
            "An object storage server that speaks the S3 API. Settings come from the command line, the environment and "
            + $"the section {SettingsReader.Section} of {SettingsFile} in the working directory, in this order of strength.");
        var serve = new Command("serve", "Serves S3 until it is told to stop; what happens without a command, too.");
        foreach (var option in _options.Values)
        {
            root.Options.Add(option);
            serve.Options.Add(option);
        }

        root.SetAction(ServeAsync);
        serve.SetAction(ServeAsync);
        root.Subcommands.Add(serve);
        root.Subcommands.Add(CreateStoreCommand(
            "info", "Shows what a stopped store holds.", (store, stop) => store.ShowInfoAsync(stop)));
        root.Subcommands.Add(CreateStoreCommand(
            "scrub", "Reads and verifies every byte of a stopped store.", (store, stop) => store.ScrubAsync(stop)));
        root.Subcommands.Add(new Command("index", "Looks after the index of a stopped store.")
        {
            CreateStoreCommand(
                "rebuild",
                "Makes the index anew from the journal, with the same engine or another one.",
                (store, stop) => store.RebuildIndexAsync(stop),
                "index"),
        });
        root.Subcommands.Add(CreateAccountCommand());
        root.Subcommands.Add(CreateHealthCommand());
        root.Subcommands.Add(CreateExplainCommand());
        root.Subcommands.Add(CreateLifecycleCommand());
        return root;
    }

    private Command CreateStoreCommand(
        string name,
        string description,
        Func<StoreCommands, CancellationToken, Task<int>> run,
        params string[] furtherSettings)
    {
        var command = CreateCommand(name, description, ["data", "storage-class", .. furtherSettings]);
        command.SetAction((parsed, cancellation) => WithOptionsAsync(
            parsed, options => run(new StoreCommands(new(options, output, errors)), cancellation)));
        return command;
    }

    private Command CreateAccountCommand()
    {
        var name = new Argument<string>("NAME") { Description = "A name for people." };
        var id = new Argument<string>("ACCOUNT") { Description = "The account's id: twelve digits." };
        var key = new Argument<string>("KEY") { Description = "The id of the key." };
        var newId = new Option<string?>("--id") { Description = "Twelve digits [default: some that are free].", HelpName = "ID" };
        var email = new Option<string?>("--email") { Description = "By which ACLs may grant [default: none].", HelpName = "ADDRESS" };
        return new Command("account", "Looks after the accounts of a stopped store; all within an account is IAM's.")
        {
            CreateAccountCommand(
                "list", "Shows every account.", (accounts, _, stop) => accounts.ListAsync(stop)),
            CreateAccountCommand(
                "create",
                "Makes an account and prints a key of its root, this once.",
                (accounts, parsed, stop) => accounts.CreateAsync(
                    parsed.GetRequiredValue(name), parsed.GetValue(newId), parsed.GetValue(email), stop),
                name,
                newId,
                email),
            CreateAccountCommand(
                "delete",
                "Takes an account away with all that it has; refused while it owns a bucket.",
                (accounts, parsed, stop) => accounts.DeleteAsync(parsed.GetRequiredValue(id), stop),
                id),
            new Command("key", "Looks after the keys of the roots of accounts.")
            {
                CreateAccountCommand(
                    "create",
                    "Makes a key of an account's root and prints it, this once.",
                    (accounts, parsed, stop) => accounts.CreateKeyAsync(parsed.GetRequiredValue(id), stop),
                    id),
                CreateAccountCommand(
                    "delete",
                    "Takes a key of an account's root away.",
                    (accounts, parsed, stop) => accounts.DeleteKeyAsync(parsed.GetRequiredValue(key), stop),
                    key),
            },
        };
    }

    private Command CreateAccountCommand(
        string name,
        string description,
        Func<AccountCommands, ParseResult, CancellationToken, Task<int>> run,
        params Symbol[] symbols)
    {
        var command = CreateCommand(name, description, "data", "storage-class", "master-key-file");
        foreach (var symbol in symbols)
        {
            switch (symbol)
            {
                case Argument argument:
                    command.Arguments.Add(argument);
                    break;
                case Option option:
                    command.Options.Add(option);
                    break;
            }
        }

        command.SetAction((parsed, cancellation) => WithOptionsAsync(
            parsed, options => run(new AccountCommands(new(options, output, errors)), parsed, cancellation)));
        return command;
    }

    /// <summary>A command that takes some of the settings.</summary>
    private Command CreateCommand(string name, string description, params string[] settings)
    {
        var command = new Command(name, description);
        foreach (var (setting, option) in _options)
        {
            if (settings.Contains(setting.Name))
            {
                command.Options.Add(option);
            }
        }

        return command;
    }

    private Command CreateExplainCommand()
    {
        var requestId = new Argument<string>("REQUEST-ID")
        {
            Description = "The id of a request that was refused: RequestId in its answer, x-amz-request-id among the headers.",
        };
        var endpoint = CreateUrlOption("--endpoint");
        var command = CreateCommand(
            "explain",
            "Asks a running server why it refused a request, with the root key of the first account.",
            "data",
            "access-key",
            "secret-key",
            "region");
        command.Arguments.Add(requestId);
        command.Options.Add(endpoint);
        command.SetAction((parsed, cancellation) => WithOptionsAsync(
            parsed,
            options => new ExplainCommand(options, output, errors).RunAsync(
                parsed.GetRequiredValue(requestId), parsed.GetRequiredValue(endpoint), cancellation)));
        return command;
    }

    private Command CreateLifecycleCommand()
    {
        var bucket = new Argument<string>("BUCKET") { Description = "The bucket's name." };
        var endpoint = CreateUrlOption("--endpoint");
        var preview = CreateCommand(
            "preview",
            "Shows what the rules of a bucket would do, and does nothing: of each version the next thing. Asks the server "
            + "where one has the store open.",
            "data",
            "storage-class",
            "access-key",
            "secret-key",
            "region",
            "lifecycle-day");
        preview.Arguments.Add(bucket);
        preview.Options.Add(endpoint);
        preview.SetAction((parsed, cancellation) => WithOptionsAsync(
            parsed,
            options => new LifecycleCommand(new(options, output, errors)).PreviewAsync(
                parsed.GetRequiredValue(bucket), parsed.GetRequiredValue(endpoint), cancellation)));
        return new Command("lifecycle", "Looks at the lifecycle rules of a bucket.") { preview };
    }

    private static Option<Uri> CreateUrlOption(string name) => new(name)
    {
        Description = "Where the server is.",
        HelpName = "URL",
        DefaultValueFactory = _ => new Uri("http://127.0.0.1:9000"),
        CustomParser = ReadUrl,
    };

    private Command CreateHealthCommand()
    {
        var url = CreateUrlOption("--url");
        var command = new Command("health", "Asks a running server whether it is ready: exit code 0, or 1.") { url };
        command.SetAction((parsed, cancellation) =>
            new HealthCommand(output, errors).RunAsync(parsed.GetRequiredValue(url), cancellation));
        return command;
    }

    private static Uri? ReadUrl(ArgumentResult argument)
    {
        var text = argument.Tokens[0].Value;
        if (Uri.TryCreate(text, UriKind.Absolute, out var url)
            && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps))
        {
            return url;
        }

        argument.AddError($"{((OptionResult)argument.Parent!).Option.Name}: '{text}' is not an address such as http://127.0.0.1:9000.");
        return null;
    }

    private Task<int> ServeAsync(ParseResult parsed, CancellationToken cancellation) => WithOptionsAsync(
        parsed, options => new ServeCommand(options, ReadFile(), output, errors).RunAsync(cancellation));

    private async Task<int> WithOptionsAsync(ParseResult parsed, Func<ObjectServerOptions, Task<int>> run)
    {
        var (options, mistakes) = ReadOptions(parsed);
        if (mistakes.Count > 0)
        {
            Complain(mistakes);
            return Misuse;
        }

        return await run(options);
    }

    private (ObjectServerOptions Options, IReadOnlyList<string> Mistakes) ReadOptions(ParseResult parsed)
    {
        try
        {
            return SettingsReader.Read(
                setting => parsed.GetResult(_options[setting]) is { Implicit: false } given ? Values(given) : [],
                environment,
                ReadFile().GetSection(SettingsReader.Section));
        }
        catch (InvalidDataException malformed)
        {
            return (new ObjectServerOptions(), [malformed.Message]);
        }
    }

    private static string[] Values(OptionResult given) => [.. given.Tokens.Select(token => token.Value)];

    private static IConfigurationRoot ReadFile() => new ConfigurationBuilder()
        .SetBasePath(Directory.GetCurrentDirectory())
        .AddJsonFile(SettingsFile, optional: true)
        .Build();

    private void Complain(IEnumerable<string> mistakes)
    {
        foreach (var mistake in mistakes)
        {
            errors.WriteLine(mistake);
        }

        errors.WriteLine("objectserver --help explains every option.");
    }

    private static string Describe(Setting setting)
    {
        var repeatable = setting.IsRepeatable ? " May be given more than once." : "";
        return $"{setting.Meaning}{repeatable} [{setting.Variable}; default: {setting.Default}]";
    }
}
