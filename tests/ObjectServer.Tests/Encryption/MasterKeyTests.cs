using System.Security.Cryptography;
using ObjectServer.Encryption;
using ObjectServer.Storage;
using ObjectServer.Storage.Model;

namespace ObjectServer.Tests.Encryption;

public sealed class MasterKeyTests : IAsyncLifetime
{
    private readonly TemporaryDirectory _directory = new();
    private LocalStore? _store;

    private string KeyFile => _directory.File("master.key");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _store = await LocalStore.OpenAsync(
        new LocalStoreOptions { DataDirectory = _directory.File("data"), DiskReserveBytes = 0 },
        TimeProvider.System,
        Cancellation);

    public async ValueTask DisposeAsync()
    {
        await _store!.DisposeAsync();
        _directory.Dispose();
    }

    [Fact]
    public async Task The_first_start_makes_a_key_and_later_ones_keep_it()
    {
        var made = await EstablishAsync();
        var kept = await EstablishAsync();

        Assert.Equal(made.Derive("some purpose"), kept.Derive("some purpose"));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(KeyFile));
        }
    }

    [Fact]
    public async Task Every_purpose_has_a_key_of_its_own()
    {
        var key = await EstablishAsync();

        Assert.Equal(32, key.Derive("one").Length);
        Assert.NotEqual(key.Derive("one"), key.Derive("other"));
    }

    [Fact]
    public void What_is_derived_never_changes()
    {
        // What was sealed under it must be opened by every later version.
        var key = MasterKey.Of([.. Enumerable.Range(0, 32).Select(number => (byte)number)]);

        Assert.Equal(
            Convert.ToHexString(HKDF.Expand(
                HashAlgorithmName.SHA256,
                HKDF.Extract(HashAlgorithmName.SHA256, [.. Enumerable.Range(0, 32).Select(number => (byte)number)], []),
                32,
                "objectserver identity secrets"u8.ToArray())),
            Convert.ToHexString(key.Derive("identity secrets")));
    }

    [Fact]
    public async Task A_lost_key_is_no_reason_to_make_another()
    {
        await EstablishAsync();
        File.Delete(KeyFile);

        var refused = await Assert.ThrowsAsync<StoreOpenException>(EstablishAsync);

        Assert.Contains(KeyFile, refused.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(KeyFile));
    }

    [Fact]
    public async Task The_key_of_another_store_is_refused()
    {
        await EstablishAsync();
        File.WriteAllText(KeyFile, Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)));

        await Assert.ThrowsAsync<StoreOpenException>(EstablishAsync);
    }

    [Theory]
    [InlineData("")]
    [InlineData("no key")]
    [InlineData("AAAA")]
    public async Task A_file_that_is_no_key_is_refused(string text)
    {
        File.WriteAllText(KeyFile, text);

        await Assert.ThrowsAsync<StoreOpenException>(EstablishAsync);
    }

    [Fact]
    public async Task A_key_that_someone_made_is_taken()
    {
        var bytes = RandomNumberGenerator.GetBytes(32);
        File.WriteAllText(KeyFile, Convert.ToBase64String(bytes));

        Assert.Equal(MasterKey.Of(bytes).Derive("x"), (await EstablishAsync()).Derive("x"));
    }

    private Task<MasterKey> EstablishAsync() =>
        MasterKey.EstablishAsync(KeyFile, _store!.Documents, Cancellation).AsTask();
}
