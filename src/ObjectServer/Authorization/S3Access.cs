using System.Collections.Immutable;
using ObjectServer.AccessControl;
using ObjectServer.Denials;
using ObjectServer.Errors;
using ObjectServer.Identity;
using ObjectServer.Policies;
using ObjectServer.Storage.Model;

namespace ObjectServer.Authorization;

/// <summary>Asks for one request what its caller may do.</summary>
/// <remarks>
/// Policies decide; where they do not, an access control list may. An object is looked up only if something that bears on
/// the decision asks for it: a policy for its tags, a bucket with ACLs for its owner and its list.
/// https://docs.aws.amazon.com/AmazonS3/latest/userguide/how-s3-evaluates-access-control.html
/// </remarks>
internal sealed class S3Access(Authorizer authorizer, string requestId, Caller caller, RequestFacts facts)
{
    /// <summary>What the root of the owning account may always do, lest a policy lock everybody out.</summary>
    private static readonly S3Action[] NeverLost =
        [S3Action.DeleteBucketPolicy, S3Action.GetBucketPolicy, S3Action.PutBucketPolicy];

    public Caller Caller { get; } = caller;

    /// <summary>The same for another caller: whoever signed the form that the request brings.</summary>
    /// <param name="signer">Who signed.</param>
    /// <param name="form">The fields in place of the headers.</param>
    public S3Access For(Caller signer, RequestFacts form) => new(authorizer, requestId, signer, form);

    /// <summary>What of the request bears on decisions.</summary>
    public RequestFacts Facts { get; } = facts;

    /// <summary>What the owner of a bucket has settled about access to it.</summary>
    public BucketAccess Settled(BucketRecord bucket) => authorizer.Settled(bucket);

    /// <summary>Refuses what the caller may not do.</summary>
    /// <exception cref="S3Exception">AccessDenied.</exception>
    public ValueTask<Grant> DemandAsync(
        S3Action action, AccessTarget target, CancellationToken cancellation) =>
        DemandAsync(action, target, AccessDetails.None, cancellation);

    /// <summary>Refuses what the caller may not do.</summary>
    /// <param name="action">What it wants to do.</param>
    /// <param name="target">To what.</param>
    /// <param name="details">What the body says.</param>
    /// <param name="cancellation">Ends the look-ups.</param>
    /// <exception cref="S3Exception">AccessDenied.</exception>
    public async ValueTask<Grant> DemandAsync(
        S3Action action, AccessTarget target, AccessDetails details, CancellationToken cancellation) =>
        await JudgeAsync(action, target, details, cancellation) is { } grant
            ? grant
            : throw new S3Exception(Refusal(action, target));

    /// <summary>Decides. A refusal is kept for whoever asks why.</summary>
    /// <remarks>
    /// Who may not read an object that is not there, but may list its key, may be told so:
    /// https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html
    /// </remarks>
    /// <returns>Null: the caller may not.</returns>
    public async ValueTask<Grant?> JudgeAsync(
        S3Action action, AccessTarget target, AccessDetails details, CancellationToken cancellation)
    {
        var settled = target.Bucket is { } bucket ? authorizer.Settled(bucket) : (BucketAccess?)null;
        if (Grant.OfRoot(Caller, action, settled) is { } atOnce)
        {
            return atOnce;
        }

        var question = new Question(this, action, target, details, settled);
        if (question.IsAboutObject && (question.AsksForTags || question.NeedsOwner))
        {
            question.Look(await authorizer.FindAsync(target, cancellation));
        }

        var decision = question.Decide(trace: null);
        if (decision is { Outcome: PolicyOutcome.ImplicitDeny } && question.IsReading)
        {
            question.Look(question.HasLooked ? question.Found : await authorizer.FindAsync(target, cancellation));
            if (question.IsAboutNothing && await MayListAsync(target.Bucket!, target.Key!.Value, cancellation))
            {
                return Grant.OfNone(Caller, action);
            }
        }

        if (!decision.IsAllowed)
        {
            authorizer.Keep(question.Explain(requestId));
        }

        return Grant.Of(decision, Caller, action, question.HasLooked, question.Found);
    }

    /// <summary>Whether the caller may list a key, and so may know that it is not there.</summary>
    public async ValueTask<bool> MayListAsync(BucketRecord bucket, ObjectKey key, CancellationToken cancellation) =>
        await JudgeAsync(
            S3Action.ListBucket, AccessTarget.Of(bucket), new() { Prefix = key.ToString() }, cancellation) is not null;

    /// <summary>
    /// The same, of which no refusal is kept: visitors of websites ask for what is not there all day, and for no list.
    /// </summary>
    public bool MayKnowOfAbsence(BucketRecord bucket, ObjectKey key)
    {
        var settled = authorizer.Settled(bucket);
        return Grant.OfRoot(Caller, S3Action.ListBucket, settled) is not null
            || new Question(this, S3Action.ListBucket, AccessTarget.Of(bucket), new() { Prefix = key.ToString() }, settled)
                .Decide(trace: null).IsAllowed;
    }

    /// <summary>
    /// Whether a policy that bears on the request asks for what only its body says. Where none does, the decision is the
    /// same whatever is sent.
    /// </summary>
    public bool AsksForContent(BucketRecord? bucket)
    {
        var own = Caller.Policies;
        return (bucket is not null && Asks(authorizer.Settled(bucket).Policy))
            || own.Identity.Any(Asks)
            || Asks(own.Boundary)
            || own.Session.Any(Asks);

        static bool Asks(NamedPolicy? policy) => policy is { Document.AsksForContent: true };
    }

    /// <summary>
    /// Whether a grant is good for the version that is about to be given out. Another one may have taken its place since
    /// its ACL or its tags were looked at.
    /// </summary>
    public async ValueTask<bool> CoversAsync(
        Grant grant, BucketRecord bucket, ObjectVersion version, CancellationToken cancellation) =>
        grant.IsGoodFor(version)
        || await JudgeAsync(
            grant.Action, AccessTarget.Of(bucket, version.Key, version.VersionId), AccessDetails.None, cancellation) is not null;

    /// <summary>Takes the second factor that the request shows, of the root of the account that owns a bucket.</summary>
    /// <param name="bucket">The bucket.</param>
    /// <param name="isNeeded">Whether it must show one; a factor that is shown must be good in any case.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>The refusal; null where there is nothing against the request.</returns>
    public async ValueTask<S3Error?> JudgeFactorAsync(
        BucketRecord bucket, bool isNeeded, CancellationToken cancellation)
    {
        if (Facts.Header(MfaDelete.Header) is not { } header)
        {
            return isNeeded ? MfaDelete.Demanded : null;
        }

        if (Caller.Kind != CallerKind.Root || Caller.CanonicalId != bucket.OwnerId)
        {
            return MfaDelete.OwnersAlone;
        }

        return MfaDelete.Parse(header) is var (serialNumber, code)
            && await authorizer.SpendRootCodeAsync(Caller.AccountId, serialNumber, code, cancellation)
                ? null
                : MfaDelete.Failed;
    }

    /// <summary>The refusal of an action, as AWS words it for callers of the account that owns the resource.</summary>
    public S3Error Refusal(S3Action action, AccessTarget target)
    {
        var isOwn = target.Bucket is null || target.Bucket.OwnerId == Caller.CanonicalId;
        return Caller.IsAnonymous || !isOwn
            ? S3Errors.AccessDenied
            : S3Errors.AccessDenied.Saying(
                $"User: {Caller.Arn} is not authorized to perform: {action.Name} on resource: "
                + $"\"{target.Arn(action.Resource)}\"");
    }

    /// <summary>The id of the account that owns something; where that account is gone, what nobody is called.</summary>
    public string AccountOf(string canonicalId) =>
        canonicalId == Caller.CanonicalId ? Caller.AccountId : authorizer.AccountOf(canonicalId);

    /// <summary>One decision while it is made.</summary>
    private sealed class Question
    {
        private readonly S3Access _access;
        private readonly S3Action _action;
        private readonly AccessTarget _target;
        private readonly BucketAccess? _bucket;
        private readonly AccessDetails _details;
        private readonly S3Conditions _conditions;
        private readonly string _arn;

        public Question(S3Access access, S3Action action, AccessTarget target, AccessDetails details, BucketAccess? bucket)
        {
            (_access, _action, _target, _details, _bucket) = (access, action, target, details, bucket);
            _arn = target.Arn(action.Resource);
            _conditions = new S3Conditions(access.Caller, access.Facts, details)
            {
                Bucket = target.Bucket,
                ResourceAccountId = target.Bucket is { } owned ? access.AccountOf(owned.OwnerId) : null,
            };
        }

        public bool IsAboutObject => _target is { Bucket: not null, Key: not null };

        public bool AsksForTags
        {
            get
            {
                var own = _access.Caller.Policies;
                return Asks(_bucket?.Policy) || Ask(own.Identity) || Asks(own.Boundary) || Ask(own.Session);
            }
        }

        /// <summary>Whether the object's owner, who may be another than the bucket's, has a say.</summary>
        public bool NeedsOwner => _bucket is { HasAcls: true } && _action is { Acl.List: ActionResource.Object };

        /// <summary>Whether it is asked to read an object.</summary>
        public bool IsReading => IsAboutObject && _action.Acl == AclDemand.ReadObject;

        /// <summary>Whether no object is there to be asked about.</summary>
        public bool IsAboutNothing => HasLooked && Standing is null;

        /// <summary>The version that bore on the decision.</summary>
        public ObjectVersion? Found { get; private set; }

        /// <summary>The same, unless it is a delete marker, which nobody owns in any way that counts.</summary>
        private ObjectVersion? Standing => Found is { IsDeleteMarker: false } ? Found : null;

        /// <summary>Whether a version was looked for.</summary>
        public bool HasLooked { get; private set; }

        public void Look(ObjectVersion? found)
        {
            HasLooked = true;
            Found = _conditions.Object = found;
        }

        public PolicyDecision Decide(PolicyTrace? trace)
        {
            var caller = _access.Caller;
            if (_bucket is not { } bucket)
            {
                return Decide(caller.Policies, resourceAccount: null, ResourceGrant.None, trace);
            }

            var account = _access.AccountOf(bucket.OwnerId);
            var isOwn = account == caller.AccountId;
            var policies = bucket.Policy is { } policy && (isOwn || !bucket.IsRestricted)
                ? caller.Policies.On(policy)
                : caller.Policies;

            if (isOwn
                && caller.Kind == CallerKind.Root
                && NeverLost.Contains(_action)
                && !BucketPolicy.GivesUpRoot(bucket.Bucket))
            {
                return Decide(caller.Policies, account, ResourceGrant.None, trace);
            }

            if (Standing is { } version && NeedsOwner && version.OwnerId != bucket.OwnerId)
            {
                return DecideForeign(version, trace);
            }

            return Decide(policies, account, ListGrant(), trace);
        }

        /// <summary>What a bucket's policy allows, it allows only to what the bucket's owner owns; what it denies, to all.</summary>
        private PolicyDecision DecideForeign(ObjectVersion version, PolicyTrace? trace)
        {
            var caller = _access.Caller;
            var owner = _access.AccountOf(version.OwnerId);
            if (_bucket?.Policy is { } policy)
            {
                var denied = Decide(PolicySet.Empty.On(policy), owner, ResourceGrant.None, trace);
                if (denied.Outcome == PolicyOutcome.ExplicitDeny)
                {
                    return denied;
                }
            }

            return Decide(caller.Policies, owner, ListGrant(), trace);
        }

        private PolicyDecision Decide(
            PolicySet policies, string? resourceAccount, ResourceGrant grant, PolicyTrace? trace)
        {
            var context = Context(resourceAccount);
            return PolicyDecision.Decide(policies, in context, grant, trace);
        }

        private PolicyContext Context(string? resourceAccount) => new()
        {
            Principal = _access.Caller.Principal,
            Action = _action.Name,
            Resource = _arn,
            ResourceAccountId = resourceAccount,
            Conditions = _conditions,
        };

        /// <summary>What the list that the action asks for says of the caller.</summary>
        private ResourceGrant ListGrant()
        {
            if (_details.IsInitiator)
            {
                return ResourceGrant.Account;
            }

            if (_bucket is not { HasAcls: true } bucket || _action.Acl is not { } demand)
            {
                return ResourceGrant.None;
            }

            if (demand.List == ActionResource.Object && Standing is null)
            {
                // Nothing is there to have an ACL: who may list the bucket may know that.
                demand = AclDemand.ReadBucket;
            }

            var list = demand.List == ActionResource.Bucket
                ? AccessControlList.Of(bucket.Bucket)
                : AccessControlList.Of(bucket.Bucket, Standing!);
            var caller = _access.Caller;
            return list.Allows(
                demand.Permission,
                caller.IsAnonymous ? null : caller.CanonicalId,
                !caller.IsAnonymous,
                bucket.Block.IgnorePublicAcls) switch
            {
                AclAllowance.ToGroup => ResourceGrant.Everybody,
                AclAllowance.ToAccount => ResourceGrant.Account,
                _ => ResourceGrant.None,
            };
        }

        /// <summary>Decides again, and tells all that was looked at.</summary>
        public Denial Explain(string requestId)
        {
            var trace = new PolicyTrace();
            var decision = Decide(trace);
            var context = Context(resourceAccount: null);
            return Denial.Of(requestId, _access.Facts.Now, _access.Caller, in context, decision, trace) with
            {
                Circumstances = [.. Circumstances()],
            };
        }

        private IEnumerable<string> Circumstances()
        {
            if (_bucket is not { } bucket)
            {
                yield break;
            }

            yield return $"The bucket belongs to account {_access.AccountOf(bucket.OwnerId)}.";
            yield return $"Object ownership is {OwnershipControls.Of(bucket.Bucket)}"
                + (bucket.HasAcls ? ": ACLs count." : ": ACLs count for nothing.");
            if (bucket.Policy is null)
            {
                yield return "The bucket has no policy.";
            }
            else if (bucket.IsRestricted)
            {
                yield return "The bucket's policy is public, and RestrictPublicBuckets keeps it to the owner's account.";
            }

            if (bucket is { HasAcls: true, Block.IgnorePublicAcls: true })
            {
                yield return "IgnorePublicAcls: grants to everybody count for nothing.";
            }

            if (Standing is { } version && version.OwnerId != bucket.OwnerId)
            {
                yield return $"The object belongs to account {_access.AccountOf(version.OwnerId)}: the bucket's policy cannot allow it.";
            }

            if (bucket.HasAcls && _action.Acl is { } demand)
            {
                yield return $"{demand.Permission} in the ACL of the {demand.List.ToString().ToLowerInvariant()} would allow it.";
            }
        }

        private static bool Ask(ImmutableArray<NamedPolicy> policies)
        {
            foreach (var policy in policies)
            {
                if (Asks(policy))
                {
                    return true;
                }
            }

            return false;
        }

        private static bool Asks(NamedPolicy? policy) => policy is { Document.AsksForExistingTags: true };
    }
}
