using System.Text;
using Microsoft.Extensions.Configuration;
using ObjectServer.AccessControl;
using ObjectServer.Hosting;
using ObjectServer.Storage.Index;

namespace ObjectServer.Tests.Hosting;

public sealed class SettingsReaderTests
{
    [Fact]
    public void The_command_line_outweighs_the_environment_and_that_the_file()
    {
        const string File = """{ "Region": "file", "Data": "file", "LogFormat": "json" }""";

        var (options, mistakes) = Read(
            File,
            environment: new() { ["OBJECTSERVER_REGION"] = "environment", ["OBJECTSERVER_DATA"] = "environment" },
            commandLine: new() { ["region"] = ["line"] });

        Assert.Empty(mistakes);
        Assert.Equal(
            ("line", "environment", LogFormat.Json), (options.Region, options.DataDirectory, options.LogFormat));
    }

    [Fact]
    public void Every_mistake_is_found_at_once()
    {
        var (_, mistakes) = Read(
            """{ "Regoin": "us-east-1", "DiskReserve": "lots" }""",
            environment: new() { ["OBJECTSERVER_ACCESS_KEY"] = "a b" },
            commandLine: new() { ["listen"] = ["ftp://here", "https://127.0.0.1:9000"], ["log-format"] = ["xml"] });

        Assert.Equal(
            [
                "ObjectServer:Regoin", "--log-format", "ObjectServer:DiskReserve", "listen", "tls-certificate",
                "secret-key", "access-key",
            ],
            mistakes.Select(mistake => mistake[..mistake.IndexOf(": ", StringComparison.Ordinal)]));
    }

    [Fact]
    public void Lists_come_as_repeated_options_as_arrays_or_with_commas()
    {
        string[] expected = ["a.example", "b.example"];

        Assert.Equal(expected, Read(commandLine: new() { ["domain"] = expected }).Options.Domains);
        Assert.Equal(
            expected, Read(environment: new() { ["OBJECTSERVER_DOMAIN"] = "a.example, b.example" }).Options.Domains);
        Assert.Equal(expected, Read("""{ "Domain": ["a.example", "b.example"] }""").Options.Domains);
    }

    [Fact]
    public void A_websites_own_domain_is_none_of_S3s() => Assert.Equal(
        [
            "website-domain: 'a b' is not a domain's name such as www.example.com.",
            "website-domain: 'www.s3.example.com.' is one of S3's names, and no website's own domain.",
            "website-domain: 's3-website.Example.com' is one of S3's names, and no website's own domain.",
        ],
        Read(commandLine: new()
        {
            ["domain"] = ["s3.example.com"],
            ["website-domain"] = ["www.example.com", "*", "a b", "www.s3.example.com.", "s3-website.Example.com"],
        }).Mistakes);

    [Fact]
    public void A_setting_that_holds_one_value_is_not_given_twice() =>
        Assert.Equal(["--region: give it once."], Read(commandLine: new() { ["region"] = ["a", "b"] }).Mistakes);

    [Fact]
    public void Sizes_are_read_with_units() => Assert.Equal(
        (128 * 1024, 2L << 30),
        Read(commandLine: new() { ["inline-limit"] = ["128KiB"], ["disk-reserve"] = ["2GiB"] }).Options is var options
            ? (options.InlineLimitBytes, options.DiskReserveBytes!.Value)
            : default);

    [Fact]
    public void Days_last_as_long_as_the_server_is_told()
    {
        Assert.Equal((TimeSpan.FromHours(24), 10_000), (Read().Options.LifecycleDay, Read().Options.LifecycleRate));
        Assert.Equal(
            TimeSpan.FromSeconds(10), Read(commandLine: new() { ["lifecycle-day"] = ["10s"] }).Options.LifecycleDay);
        Assert.Equal(
            [
                "--lifecycle-day: 'tomorrow' is not a time such as 10s, 5m or 24h.",
                "lifecycle-rate: use 1 or more.",
            ],
            Read(commandLine: new() { ["lifecycle-day"] = ["tomorrow"], ["lifecycle-rate"] = ["0"] }).Mistakes);
        Assert.Equal(
            ["lifecycle-day: use 100ms or more."],
            Read(commandLine: new() { ["lifecycle-day"] = ["50ms"] }).Mistakes);
    }

    [Fact]
    public void Storage_classes_have_directories_and_restores_their_time()
    {
        var told = Read(
            """{ "StorageClass": ["GLACIER=/g", "STANDARD_IA=/i=j"], "RestoreDelay": ["Expedited=1s"] }""").Options;
        Assert.Equal(("/g", "/i=j"), (told.StorageClasses["GLACIER"], told.StorageClasses["STANDARD_IA"]));
        Assert.Equal(
            (TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5)), (told.RestoreDelays.Expedited, told.RestoreDelays.Bulk));
        Assert.Equal(
            [
                "--storage-class: give GLACIER one directory.",
                "--restore-delay: 'Slow=1s' is not a tier and its time such as Expedited=1m.",
            ],
            Read(commandLine: new()
            {
                ["storage-class"] = ["GLACIER=/a", "GLACIER=/b"],
                ["restore-delay"] = ["Slow=1s"],
            }).Mistakes);
        Assert.Equal(
            [
                "storage-class: 'SNOW' is none of STANDARD, REDUCED_REDUNDANCY, STANDARD_IA, ONEZONE_IA, INTELLIGENT_TIERING, "
                    + "GLACIER, DEEP_ARCHIVE, GLACIER_IR.",
                "storage-class: the directory 'data/blobs' of GLACIER and the data directory must not hold one another.",
            ],
            Read(commandLine: new() { ["storage-class"] = ["SNOW=/s", "GLACIER=data/blobs"] }).Mistakes
                .OrderBy(mistake => mistake.Contains("data/blobs", StringComparison.Ordinal)));
        Assert.Single(Read(commandLine: new() { ["storage-class"] = ["GLACIER=/a", "STANDARD_IA=/a/b"] }).Mistakes);
    }

    [Fact]
    public void New_buckets_are_what_the_server_is_told()
    {
        Assert.Equal(
            (ObjectOwnership.BucketOwnerEnforced, false),
            (Read().Options.ObjectOwnership, Read().Options.BlockPublicAccess));
        var told = Read("{ \"ObjectOwnership\": \"ObjectWriter\", \"BlockPublicAccess\": true }").Options;
        Assert.Equal((ObjectOwnership.ObjectWriter, true), (told.ObjectOwnership, told.BlockPublicAccess));
        Assert.Equal(
            [
                "--object-ownership: 'Nobody' is none of BucketOwnerEnforced, BucketOwnerPreferred, ObjectWriter.",
                "--block-public-access: 'perhaps' is neither true nor false.",
            ],
            Read(commandLine: new() { ["object-ownership"] = ["Nobody"], ["block-public-access"] = ["perhaps"] })
                .Mistakes);
    }

    [Fact]
    public void An_index_engine_is_named_or_left_as_it_is()
    {
        Assert.Null(Read().Options.IndexEngine);
        Assert.Equal(IndexEngine.RocksDb, Read("{ \"Index\": \"rocksdb\" }").Options.IndexEngine);
        Assert.Equal(
            IndexEngine.LiteDb, Read(environment: new() { ["OBJECTSERVER_INDEX"] = "litedb" }).Options.IndexEngine);
        Assert.Equal(
            ["--index: 'sqlite' is neither litedb nor rocksdb."],
            Read(commandLine: new() { ["index"] = ["sqlite"] }).Mistakes);
    }

    [Fact]
    public void The_defaults_have_no_mistake() => Assert.Empty(Read().Mistakes);

    [Fact]
    public void Every_setting_is_documented()
    {
        var document = File.ReadAllText(RepositoryRoot.File("docs", "configuration.md"));

        foreach (var setting in Setting.All)
        {
            Assert.Contains($"`{setting.Option}`", document, StringComparison.Ordinal);
            Assert.Contains($"`{setting.Variable}`", document, StringComparison.Ordinal);
            Assert.Contains($"`{setting.Key}`", document, StringComparison.Ordinal);
        }
    }

    private static (ObjectServerOptions Options, IReadOnlyList<string> Mistakes) Read(
        string section = "{}",
        Dictionary<string, string>? environment = null,
        Dictionary<string, string[]>? commandLine = null)
    {
        var json = $$"""{ "ObjectServer": {{section}} }""";
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(json));
        return SettingsReader.Read(
            setting => commandLine?.GetValueOrDefault(setting.Name) ?? [],
            name => environment?.GetValueOrDefault(name),
            new ConfigurationBuilder().AddJsonStream(stream).Build().GetSection("ObjectServer"));
    }
}
