using System.Collections.Immutable;
using System.Text;
using ObjectServer.AccessControl;
using ObjectServer.Authorization;
using ObjectServer.Errors;
using ObjectServer.Operations.Tagging;
using ObjectServer.Policies;
using ObjectServer.Storage.Model;

namespace ObjectServer.Seeding;

/// <summary>Reads a seed file: the names of its fields are AWS's, in camel case.</summary>
internal sealed class SeedReader
{
    /// <summary>More than any seed needs, and no burden.</summary>
    private const int MaxBytes = 16 << 20;

    private readonly SeedMistakes _mistakes;

    /// <summary>Where the files of objects are looked for.</summary>
    private readonly string _directory;

    private SeedReader(SeedMistakes mistakes, string directory) => (_mistakes, _directory) = (mistakes, directory);

    /// <summary>Reads a file.</summary>
    /// <param name="path">JSON where the name ends so, else YAML.</param>
    /// <exception cref="SeedException">Something is wrong with it: all of that.</exception>
    public static Seed Read(string path)
    {
        var mistakes = new SeedMistakes(path);
        var seed = Read(path, mistakes);
        mistakes.ThrowIfAny();
        return seed!;
    }

    private static Seed? Read(string path, SeedMistakes mistakes)
    {
        try
        {
            if (new FileInfo(path).Length > MaxBytes)
            {
                mistakes.Add(SeedPlace.File, $"The file has more than {MaxBytes} bytes.");
                return null;
            }

            var text = File.ReadAllText(path);
            var node = path.EndsWith(".json", StringComparison.OrdinalIgnoreCase)
                ? SeedText.ReadJson(text)
                : SeedText.ReadYaml(text);
            var directory = Path.GetDirectoryName(Path.GetFullPath(path))!;
            return SeedFields.Read(mistakes, node, new SeedReader(mistakes, directory).ReadAll);
        }
        catch (SeedSyntaxException malformed)
        {
            mistakes.Add(new("", malformed.Line), malformed.Message);
            return null;
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            mistakes.Add(SeedPlace.File, $"The file cannot be read: {unreadable.Message}");
            return null;
        }
    }

    private Seed ReadAll(SeedFields file)
    {
        var seed = new Seed(file.List("accounts", ReadAccount, account => account.Id, StringComparer.Ordinal));
        if (seed.Accounts.IsEmpty)
        {
            file.Mistake("accounts", "There is no account to be seeded.");
        }

        FindRepeated(
            seed.Accounts.SelectMany(account => account.AccessKeys.Concat(account.Users.SelectMany(user => user.AccessKeys))),
            key => key.Id,
            key => key.Place,
            "access key");
        FindRepeated(
            seed.Accounts.SelectMany(account => account.Buckets), bucket => bucket.Name, bucket => bucket.Place, "bucket");
        return seed;
    }

    private SeedAccount ReadAccount(SeedFields account) => new()
    {
        Place = account.Place,
        Id = account.RequiredText("id", SeedRule.AccountId),
        Name = account.Text("name", SeedRule.AccountName),
        Email = account.Text("email", SeedRule.Email),
        CanonicalId = account.Text("canonicalId", SeedRule.CanonicalId),
        Alias = ReadAlias(account),
        PublicAccessBlock = account.Mapping("publicAccessBlock", ReadBlock),
        AccessKeys = ReadKeys(account),
        Policies = account.List("policies", ReadManagedPolicy, policy => policy.Name, StringComparer.OrdinalIgnoreCase),
        Groups = ReadHolders(account, "groups", ReadGroup),
        Users = ReadHolders(account, "users", ReadUser),
        Roles = ReadHolders(account, "roles", ReadRole),
        Buckets = account.List("buckets", ReadBucket),
    };

    private static string? ReadAlias(SeedFields account)
    {
        var aliases = account.Texts("aliases", SeedRule.Alias);
        if (aliases.Length > 1)
        {
            account.Mistake("aliases", "An account has one alias at most.");
        }

        return aliases.FirstOrDefault();
    }

    private static ImmutableArray<SeedAccessKey> ReadKeys(SeedFields owner) =>
        owner.List("accessKeys", ReadKey);

    private static SeedAccessKey ReadKey(SeedFields key) => new()
    {
        Place = key.Place,
        Id = key.RequiredText("accessKeyId", SeedRule.AccessKeyId),
        Secret = key.RequiredText("secretAccessKey", SeedRule.Secret),
        IsActive = key.OneOf("status", "Active", "Inactive") != "Inactive",
    };

    private static ImmutableArray<SeedHolder> ReadHolders(
        SeedFields account, string name, Func<SeedFields, SeedHolder> read) =>
        account.List(name, read, holder => holder.Name, StringComparer.OrdinalIgnoreCase);

    private static SeedHolder ReadUser(SeedFields user) => ReadHolder(user, "userName", SeedRule.UserName) with
    {
        AccessKeys = ReadKeys(user),
        Groups = user.Texts("groups", SeedRule.GroupName),
        Tags = ReadTags(user),
        Boundary = user.Text("permissionsBoundary", SeedRule.Anything),
    };

    private static SeedHolder ReadGroup(SeedFields group) => ReadHolder(group, "groupName", SeedRule.GroupName);

    private static SeedHolder ReadRole(SeedFields role) => ReadHolder(role, "roleName", SeedRule.RoleName) with
    {
        Description = role.Text("description", SeedRule.Anything),
        TrustPolicy = role.RequiredDocument("assumeRolePolicyDocument", document => FindMistake(document, PolicyKind.Trust)),
        MaxSessionSeconds = role.Number("maxSessionDuration", 3600, 43200),
        Tags = ReadTags(role),
        Boundary = role.Text("permissionsBoundary", SeedRule.Anything),
    };

    private static SeedHolder ReadHolder(SeedFields holder, string nameField, SeedRule nameRule) => new()
    {
        Place = holder.Place,
        Name = holder.RequiredText(nameField, nameRule),
        Path = holder.Text("path", SeedRule.Path),
        Policies = holder.List("policies", ReadInlinePolicy, policy => policy.Name, StringComparer.Ordinal),
        AttachedPolicies = holder.Texts("attachedPolicies", SeedRule.Anything),
    };

    private static SeedInlinePolicy ReadInlinePolicy(SeedFields policy) => new(
        policy.RequiredText("policyName", SeedRule.PolicyName),
        policy.RequiredDocument("policyDocument", document => FindMistake(document, PolicyKind.Identity)));

    private static SeedManagedPolicy ReadManagedPolicy(SeedFields policy) => new()
    {
        Place = policy.Place,
        Name = policy.RequiredText("policyName", SeedRule.PolicyName),
        Path = policy.Text("path", SeedRule.Path),
        Description = policy.Text("description", SeedRule.Anything),
        Document = policy.RequiredDocument("policyDocument", document => FindMistake(document, PolicyKind.Identity)),
        Tags = ReadTags(policy),
    };

    private SeedBucket ReadBucket(SeedFields bucket)
    {
        var name = bucket.RequiredText("bucket", SeedRule.Bucket);
        return new()
        {
            Place = bucket.Place,
            Name = name,
            Versioning = bucket.OneOf("versioning", "Enabled", "Suspended") switch
            {
                "Enabled" => VersioningState.Enabled,
                "Suspended" => VersioningState.Suspended,
                _ => null,
            },
            ObjectLockEnabled = bucket.Flag("objectLockEnabled"),
            Ownership = OwnershipControls.Parse(bucket.OneOf(
                "objectOwnership", [.. Enum.GetValues<ObjectOwnership>().Select(OwnershipControls.NameOf)])),
            PublicAccessBlock = bucket.Mapping("publicAccessBlock", ReadBlock),
            Acl = bucket.OneOf("acl", "private", "public-read", "public-read-write", "authenticated-read", "log-delivery-write"),
            Policy = bucket.Document("policy", document => FindMistake(document, name)),
            RequesterPays = bucket.OneOf("requestPayment", "Requester", "BucketOwner") is { } payer
                ? payer == "Requester"
                : null,
            Cors = SeedSettings.ReadCors(bucket),
            Website = SeedSettings.ReadWebsite(bucket),
            DefaultRetention = SeedSettings.ReadRetention(bucket),
            Lifecycle = SeedLifecycle.Read(bucket),
            Tags = ReadTags(bucket),
            Objects = bucket.List("objects", ReadObject, found => found.Key, StringComparer.Ordinal),
        };
    }

    private static PublicAccessBlock ReadBlock(SeedFields block) => new()
    {
        BlockPublicAcls = block.Flag("blockPublicAcls") ?? false,
        IgnorePublicAcls = block.Flag("ignorePublicAcls") ?? false,
        BlockPublicPolicy = block.Flag("blockPublicPolicy") ?? false,
        RestrictPublicBuckets = block.Flag("restrictPublicBuckets") ?? false,
    };

    private SeedObject ReadObject(SeedFields found)
    {
        var file = found.RequiredText("file", SeedRule.Anything);
        var path = Path.Combine(_directory, file);
        if (file.Length > 0 && !File.Exists(path))
        {
            found.Mistake("file", $"There is no file '{path}'.");
        }

        return new()
        {
            Place = found.Place,
            Key = found.RequiredText("key", SeedRule.ObjectKey),
            File = path,
            ContentType = found.Text("contentType", SeedRule.HeaderValue),
            Metadata = found.Map("metadata", SeedRule.MetadataName, SeedRule.HeaderValue),
            Tags = ReadTags(found),
        };
    }

    private static ImmutableArray<Tag> ReadTags(SeedFields owner) =>
        [.. owner.List("tags", ReadTag, tag => tag.Key, StringComparer.Ordinal).Select(tag => new Tag(tag.Key, tag.Value))];

    private static SeedTag ReadTag(SeedFields tag) => new(
        tag.RequiredText("key", new("1 to 128 letters, digits, spaces and characters of _.:/=+-@", IsTagKey)),
        tag.RequiredText("value", new("up to 256 letters, digits, spaces and characters of _.:/=+-@", IsTagValue)));

    private static bool IsTagKey(string text) => text.Length is >= 1 and <= 128 && TagRules.HasOnlyAllowedCharacters(text);

    private static bool IsTagValue(string text) => text.Length <= 256 && TagRules.HasOnlyAllowedCharacters(text);

    private static string? FindMistake(string document, PolicyKind kind) =>
        PolicyDocument.TryParse(Encoding.UTF8.GetBytes(document), kind, int.MaxValue, out _, out var error)
            ? null
            : error.ToString();

    private static string? FindMistake(string document, string bucket)
    {
        try
        {
            BucketPolicy.Read(Encoding.UTF8.GetBytes(document), bucket);
            return null;
        }
        catch (S3Exception malformed)
        {
            return malformed.Error.Message;
        }
    }

    /// <summary>What must be there once in the whole file.</summary>
    private void FindRepeated<T>(
        IEnumerable<T> all, Func<T, string> nameOf, Func<T, SeedPlace> placeOf, string what)
    {
        foreach (var repeated in all.GroupBy(nameOf, StringComparer.Ordinal).Where(same => same.Key.Length > 0))
        {
            foreach (var one in repeated.Skip(1))
            {
                _mistakes.Add(placeOf(one), $"The {what} '{repeated.Key}' stands in the file before.");
            }
        }
    }

    private sealed record SeedTag(string Key, string Value);
}
