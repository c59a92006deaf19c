using ObjectServer.Hosting;
using ObjectServer.Storage.Model;

namespace ObjectServer.Tests.Hosting;

public sealed class RootCredentialsTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private ObjectServerOptions Options => new() { DataDirectory = _directory.Path };

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void The_first_start_makes_a_pair_and_later_ones_keep_it()
    {
        var made = RootCredentials.Establish(Options);
        var kept = RootCredentials.Establish(Options);

        Assert.Equal((CredentialsOrigin.Made, CredentialsOrigin.Kept), (made.Origin, kept.Origin));
        Assert.Equal((made.AccessKeyId, made.SecretAccessKey), (kept.AccessKeyId, kept.SecretAccessKey));
        Assert.Equal((20, 40), (made.AccessKeyId.Length, made.SecretAccessKey.Length));
    }

    [Fact]
    public void Nobody_else_may_read_the_pair()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no such modes.");
            return;
        }

        var made = RootCredentials.Establish(Options);

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(made.Path!));
    }

    [Fact]
    public void A_configured_pair_is_kept_nowhere()
    {
        var credentials = RootCredentials.Establish(Options with { AccessKey = "id", SecretKey = "secret-key" });

        Assert.Equal(CredentialsOrigin.Options, credentials.Origin);
        Assert.False(File.Exists(_directory.File(RootCredentials.FileName)));
    }

    [Theory]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("""{ "accessKeyId": "", "secretAccessKey": "x" }""")]
    public void A_damaged_file_is_no_reason_to_make_another_pair(string text)
    {
        File.WriteAllText(_directory.File(RootCredentials.FileName), text);

        Assert.Throws<StoreOpenException>(() => RootCredentials.Establish(Options));
    }

    [Fact]
    public void The_text_form_shows_no_secret()
    {
        var made = RootCredentials.Establish(Options);

        Assert.DoesNotContain(made.SecretAccessKey, made.ToString(), StringComparison.Ordinal);
    }
}
