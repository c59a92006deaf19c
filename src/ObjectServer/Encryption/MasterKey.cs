using System.Security.Cryptography;
using System.Text;
using ObjectServer.Storage;
using ObjectServer.Storage.Disk;
using ObjectServer.Storage.Model;

namespace ObjectServer.Encryption;

/// <summary>
/// The one key under which a store keeps secrets. Used for nothing itself: every purpose derives its own.
/// </summary>
/// <remarks>
/// A file with 32 random bytes in Base64, made at the first start, mode 0600. The store keeps a check value of it, so
/// that a lost or another key is refused at the start and not found out of with the first secret.
/// </remarks>
internal sealed class MasterKey
{
    /// <summary>The file in the data directory, where no other is named.</summary>
    public const string FileName = "master.key";

    /// <summary>The document with the check value, in hexadecimal.</summary>
    private const string CheckDocument = "master-key";

    private const int KeyBytes = 32;

    private readonly byte[] _key;

    private MasterKey(byte[] key) => _key = key;

    /// <summary>Reads the key of a store, or makes it if the store has never had one.</summary>
    /// <param name="path">The key's file.</param>
    /// <param name="documents">Where the store keeps the check value.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="StoreOpenException">The file is missing, is no key, or is the key of another store.</exception>
    public static async ValueTask<MasterKey> EstablishAsync(
        string path, DocumentStore documents, CancellationToken cancellation)
    {
        var kept = await documents.ReadAsync(CheckDocument, cancellation);
        if (!File.Exists(path) && kept.Exists)
        {
            throw new StoreOpenException(
                $"The master key '{path}' is missing, and the store holds secrets under it. Restore the file.");
        }

        var key = File.Exists(path) ? Read(path) : Make(path);
        var check = Convert.ToHexStringLower(key.Derive("check value", 16));
        if (!kept.Exists)
        {
            await KeepAsync(documents, kept, check, cancellation);
        }
        else if (Encoding.UTF8.GetString(kept.Bytes.Span) != check)
        {
            throw new StoreOpenException($"'{path}' is not the master key under which this store keeps its secrets.");
        }

        return key;
    }

    /// <summary>A key from its bytes.</summary>
    /// <param name="key">32 bytes.</param>
    public static MasterKey Of(ReadOnlySpan<byte> key) => key.Length == KeyBytes
        ? new(key.ToArray())
        : throw new ArgumentException($"A master key has {KeyBytes} bytes.", nameof(key));

    /// <summary>The key for one purpose.</summary>
    /// <param name="purpose">
    /// Words that no other purpose has. They never change: what was sealed must be opened.
    /// </param>
    /// <param name="bytes">How long a key.</param>
    /// <remarks>https://www.rfc-editor.org/rfc/rfc5869</remarks>
    public byte[] Derive(string purpose, int bytes = KeyBytes) =>
        HKDF.DeriveKey(
            HashAlgorithmName.SHA256, _key, bytes, salt: [], Encoding.UTF8.GetBytes("objectserver " + purpose));

    private static async ValueTask KeepAsync(
        DocumentStore documents, DocumentReading absent, string check, CancellationToken cancellation)
    {
        try
        {
            await documents.CommitAsync(
                new DocumentBatch().Require(absent).Put(CheckDocument, Encoding.UTF8.GetBytes(check)), cancellation);
        }
        catch (StoreUnavailableException)
        {
            // A disk that is nearly full takes no secrets either: the next start keeps the value.
        }
    }

    private static MasterKey Read(string path)
    {
        try
        {
            return Of(Convert.FromBase64String(File.ReadAllText(path).Trim()));
        }
        catch (Exception malformed) when (malformed is FormatException or ArgumentException)
        {
            throw new StoreOpenException($"'{path}' is no master key: {KeyBytes} bytes in Base64.", malformed);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new StoreOpenException($"The master key '{path}' cannot be read: {failure.Message}", failure);
        }
    }

    private static MasterKey Make(string path)
    {
        var key = RandomNumberGenerator.GetBytes(KeyBytes);
        try
        {
            AtomicFile.Write(
                path, Convert.ToBase64String(key) + "\n", UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new StoreOpenException($"The master key '{path}' cannot be made: {failure.Message}", failure);
        }

        return new(key);
    }
}
