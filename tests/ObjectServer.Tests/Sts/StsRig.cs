using System.Buffers;
using System.Net.Http;
using System.Text;
using System.Xml.Linq;
using ObjectServer.Addressing;
using ObjectServer.Denials;
using ObjectServer.Errors;
using ObjectServer.Identity;
using ObjectServer.Policies;
using ObjectServer.Query;
using ObjectServer.Sts;
using ObjectServer.Tests.Identity;
using ObjectServer.Xml;

namespace ObjectServer.Tests.Sts;

/// <summary>STS over a directory on the disk, with a clock that the test turns.</summary>
internal sealed class StsRig : IAsyncDisposable
{
    public const string Home = Account.FirstId;
    public const string Away = "111122223333";

    private readonly DirectoryRig _rig;
    private readonly IssuerKeys _issuers;
    private readonly QueryApi _api;

    private StsRig(DirectoryRig rig, string[] issuers, HttpMessageHandler? network)
    {
        _rig = rig;
        _issuers = new(issuers, network is null ? new() : new(network), Clock);
        Sessions = new(DirectoryRig.MasterKey, () => rig.Directory.Current, Clock);
        _api = StsOperations.Over(rig.Directory, Sessions, _issuers);
    }

    public HandClock Clock { get; } = new();

    public Sessions Sessions { get; }

    public DenialLog Denials { get; } = new();

    public IdentitySnapshot Identities => _rig.Directory.Current;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Opens a directory with a second account beside the first.</summary>
    /// <param name="issuers">Issuers that may be asked for keys.</param>
    /// <param name="network">What answers for them; null: nobody.</param>
    public static async Task<StsRig> OpenAsync(string[]? issuers = null, HttpMessageHandler? network = null)
    {
        var rig = new StsRig(await DirectoryRig.OpenAsync(), issuers ?? [], network);
        await rig.ChangeAsync(change => change.Put(Account.Of(Away, "away", rig.Clock.Now)));
        return rig;
    }

    public Task ChangeAsync(Action<IdentityChange> change) => _rig.ChangeAsync(change);

    /// <summary>Puts a user in place, with a policy or none.</summary>
    public async Task<User> PutUserAsync(string accountId, string name, string? policy = null)
    {
        var user = new User
        {
            AccountId = accountId,
            Created = Clock.Now,
            Id = Identities.FindAccount(accountId)!.Users.GetValueOrDefault(name)?.Id ?? UniqueIds.User(),
            Name = name,
            InlinePolicies = policy is null
                ? PolicyHolder.NoPolicies
                : PolicyHolder.NoPolicies.Add("policy", new PolicyText(policy)),
        };
        await ChangeAsync(change => change.Put(user));
        return user;
    }

    /// <summary>Puts a role in place that may read every object.</summary>
    /// <param name="trust">The statements of its trust policy.</param>
    /// <param name="with">Further settings.</param>
    public async Task<Role> PutRoleAsync(string trust, Func<Role, Role>? with = null)
    {
        var role = new Role
        {
            AccountId = Home,
            Created = Clock.Now,
            Id = UniqueIds.Role(),
            Name = "reader",
            Path = "/team/",
            TrustPolicy = new(Policy(trust), PolicyKind.Trust),
            InlinePolicies = PolicyHolder.NoPolicies.Add("policy", new PolicyText(Allow("s3:*", "arn:aws:s3:::*"))),
        };
        role = with?.Invoke(role) ?? role;
        await ChangeAsync(change => change.Put(role));
        return role;
    }

    public Caller CallerOf(User user) => Identities.CallerOf(Identities.FindUser(user.Arn)!);

    /// <summary>Calls an operation; the result's element, without a namespace.</summary>
    public async Task<XElement> CallAsync(string action, Caller caller, params (string Name, string Value)[] parameters)
    {
        var form = string.Join('&', parameters.Select(one => $"{one.Name}={Uri.EscapeDataString(one.Value)}"));
        var write = await _api.Find(action)!.ExecuteAsync(
            new()
            {
                RequestId = "0123456789ABCDEF",
                Now = Clock.Now,
                Caller = caller,
                Parameters = new(RawQuery.Parse(form)),
                SourceIp = "192.0.2.1",
                UserAgent = null,
                Referer = null,
                IsSecure = true,
                Region = "us-east-1",
                Denials = Denials,
            },
            Cancellation);
        var buffer = new ArrayBufferWriter<byte>();
        var xml = new S3XmlWriter(buffer).Start("Result");
        write!(xml);
        xml.End("Result");
        return XElement.Parse(Encoding.UTF8.GetString(buffer.WrittenSpan));
    }

    public Task<XElement> AssumeAsync(Caller caller, Role role, params (string Name, string Value)[] parameters) =>
        CallAsync("AssumeRole", caller, [("RoleArn", role.Arn), ("RoleSessionName", "session"), .. parameters]);

    /// <summary>The code with which a call is refused.</summary>
    public static async Task<string> RefusalAsync(Func<Task> call) =>
        (await Assert.ThrowsAsync<S3Exception>(call)).Error.Code;

    /// <summary>Who signs with the credentials of an answer.</summary>
    public Caller Signed(XElement answer)
    {
        var (signer, refusal) = Find(answer);
        Assert.Null(refusal);
        Assert.Equal(answer.Descendants("SecretAccessKey").Single().Value, signer!.Key.Secret);
        return signer.Caller;
    }

    public (Signer? Signer, S3Error? Refusal) Find(XElement answer) => Sessions.Find(
        answer.Descendants("AccessKeyId").Single().Value, answer.Descendants("SessionToken").Single().Value);

    /// <summary>What the policies of a caller say of reading an object of the first account.</summary>
    public bool MayRead(Caller caller, string key) => PolicyDecision.Decide(caller.Policies, new PolicyContext
    {
        Principal = caller.Principal,
        Action = "s3:GetObject",
        Resource = "arn:aws:s3:::photos/" + key,
        ResourceAccountId = Home,
        Conditions = new CallerKeys(caller, Clock.Now),
    }).IsAllowed;

    public static string Policy(string statements) =>
        $$"""{"Version":"2012-10-17","Statement":[{{statements}}]}""";

    public static string Allow(string action, string resource) =>
        Policy($$"""{"Effect":"Allow","Action":"{{action}}","Resource":"{{resource}}"}""");

    /// <summary>A statement that trusts somebody.</summary>
    /// <param name="principal">E.g. <c>"AWS":"111122223333"</c>.</param>
    /// <param name="actions">Quoted, with commas between.</param>
    /// <param name="condition">The whole of the condition.</param>
    public static string Trust(string principal, string actions = "\"sts:AssumeRole\"", string condition = "{}") =>
        $$"""{"Effect":"Allow","Principal":{ {{principal}} },"Action":[{{actions}}],"Condition":{{condition}}}""";

    public async ValueTask DisposeAsync()
    {
        _issuers.Dispose();
        await _rig.DisposeAsync();
    }

    private sealed class CallerKeys(Caller caller, DateTimeOffset now) : IConditionValues
    {
        public bool TryGet(string key, out ConditionValues values) =>
            CallerConditions.TryGet(caller, now, key, out values);
    }
}
