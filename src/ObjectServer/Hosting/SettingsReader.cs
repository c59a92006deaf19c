using Microsoft.Extensions.Configuration;

namespace ObjectServer.Hosting;

/// <summary>Gathers the options from everywhere: the command line outweighs the environment, that appsettings.json.</summary>
internal sealed class SettingsReader
{
    /// <summary>The section of appsettings.json.</summary>
    public const string Section = "ObjectServer";

    private readonly List<string> _mistakes = [];

    private SettingsReader()
    {
    }

    /// <summary>Reads every setting, and checks them together.</summary>
    /// <param name="commandLine">The values of a setting on the command line; empty where it is not there.</param>
    /// <param name="environment">A variable of the environment, or null.</param>
    /// <param name="section">The section of the file.</param>
    /// <returns>The options, and every mistake that was made; the options are good where there is none.</returns>
    public static (ObjectServerOptions Options, IReadOnlyList<string> Mistakes) Read(
        Func<Setting, IReadOnlyList<string>> commandLine,
        Func<string, string?> environment,
        IConfiguration section)
    {
        var reader = new SettingsReader();
        reader.FindUnknownKeys(section);
        var options = new ObjectServerOptions();
        foreach (var setting in Setting.All)
        {
            if (commandLine(setting) is { Count: > 0 } given)
            {
                options = reader.Take(setting, setting.Option, given, options);
            }
            else if (environment(setting.Variable) is { Length: > 0 } variable)
            {
                options = reader.Take(setting, setting.Variable, Split(setting, variable), options);
            }
            else if (ReadSection(setting, section) is { Length: > 0 } kept)
            {
                options = reader.Take(setting, $"{Section}:{setting.Key}", kept, options);
            }
        }

        reader._mistakes.AddRange(OptionsValidator.FindMistakes(options));
        return (options, reader._mistakes);
    }

    private ObjectServerOptions Take(
        Setting setting, string source, IReadOnlyList<string> values, ObjectServerOptions options)
    {
        try
        {
            return setting.Take(options, values);
        }
        catch (FormatException wrong)
        {
            _mistakes.Add($"{source}: {wrong.Message}");
            return options;
        }
    }

    private void FindUnknownKeys(IConfiguration section)
    {
        var known = Setting.All.Select(setting => setting.Key).ToHashSet(StringComparer.OrdinalIgnoreCase);
        _mistakes.AddRange(section.GetChildren()
            .Where(child => !known.Contains(child.Key))
            .Select(child => $"{Section}:{child.Key}: there is no such setting."));
    }

    private static string[] ReadSection(Setting setting, IConfiguration section)
    {
        var entry = section.GetSection(setting.Key);
        return entry.Value is { Length: > 0 } single
            ? Split(setting, single)
            : [.. entry.GetChildren().Select(child => child.Value).OfType<string>()];
    }

    private static string[] Split(Setting setting, string text) => setting.IsRepeatable
        ? text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
        : [text];
}
