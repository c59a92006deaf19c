using System.Security.Cryptography;
using System.Text.Json;
using ObjectServer.Identity;
using ObjectServer.Storage.Disk;
using ObjectServer.Storage.Model;

namespace ObjectServer.Hosting;

/// <summary>The access key of the root of the first account.</summary>
/// <param name="AccessKeyId">The public half.</param>
/// <param name="SecretAccessKey">The private half.</param>
/// <param name="Origin">Where the pair comes from.</param>
/// <param name="Path">The file that keeps a pair that was made here; null for one from the options.</param>
internal sealed record RootCredentials(
    string AccessKeyId, string SecretAccessKey, CredentialsOrigin Origin, string? Path)
{
    /// <summary>The file in the data directory that keeps a pair that was made there.</summary>
    public const string FileName = "credentials.json";

    private const string IdPrefix = "OSRV";
    private const string IdAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    private const string SecretAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    /// <summary>The pair of the options, else the one that the data directory keeps, else a new one, kept from now on.</summary>
    /// <exception cref="StoreOpenException">The file is there and cannot be read as a pair.</exception>
    public static RootCredentials Establish(ObjectServerOptions options)
    {
        if (options is { AccessKey: { } id, SecretKey: { } secret })
        {
            return new(id, secret, CredentialsOrigin.Options, Path: null);
        }

        var path = System.IO.Path.Combine(options.DataDirectory, FileName);
        return File.Exists(path) ? Read(path) : Make(path);
    }

    /// <summary>The pair of the options, else the one that the data directory keeps; null where there is none.</summary>
    /// <exception cref="StoreOpenException">The file is there and cannot be read as a pair.</exception>
    public static RootCredentials? Find(ObjectServerOptions options) =>
        options.AccessKey is not null || File.Exists(System.IO.Path.Combine(options.DataDirectory, FileName))
            ? Establish(options)
            : null;

    /// <summary>The key as the directory of identities has it: the root's of the first account.</summary>
    public AccessKey ToKey() => new(AccessKeyId, SecretAccessKey) { AccountId = Account.FirstId, IsConfigured = true };

    /// <summary>Without the secret: this may be logged.</summary>
    public override string ToString() => AccessKeyId;

    private static RootCredentials Read(string path)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            var id = document.RootElement.GetProperty("accessKeyId").GetString();
            var secret = document.RootElement.GetProperty("secretAccessKey").GetString();
            return id is { Length: > 0 } && secret is { Length: > 0 }
                ? new(id, secret, CredentialsOrigin.Kept, path)
                : throw new StoreOpenException($"'{path}' has no access key.");
        }
        catch (Exception malformed) when (malformed is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new StoreOpenException($"'{path}' is not a pair of accessKeyId and secretAccessKey.", malformed);
        }
    }

    private static RootCredentials Make(string path)
    {
        var id = IdPrefix + RandomNumberGenerator.GetString(IdAlphabet, 16);
        var secret = RandomNumberGenerator.GetString(SecretAlphabet, 40);
        AtomicFile.Write(
            path,
            $$"""
            {
              "accessKeyId": "{{id}}",
              "secretAccessKey": "{{secret}}"
            }

            """,
            UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return new(id, secret, CredentialsOrigin.Made, path);
    }
}

/// <summary>Where the root credentials come from.</summary>
internal enum CredentialsOrigin
{
    /// <summary>The operator gave them.</summary>
    Options,

    /// <summary>An earlier start made them.</summary>
    Kept,

    /// <summary>This start made them: the one time at which the secret is shown.</summary>
    Made,
}
