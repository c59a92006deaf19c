using ObjectServer.Identity;
using ObjectServer.Policies;
using ObjectServer.Storage.Model;

namespace ObjectServer.Authorization;

/// <summary>Shows that a caller may do an action to a target. Made here and nowhere else.</summary>
internal sealed class Grant
{
    private Grant(Caller caller, S3Action action)
    {
        Caller = caller;
        Action = action;
    }

    public Caller Caller { get; }

    public S3Action Action { get; }

    /// <summary>
    /// The version whose ACL or tags bore on the decision: what is given out must be that one, or be judged again. Null
    /// where the decision would have been the same for every version.
    /// </summary>
    public ObjectVersion? JudgedBy { get; private init; }

    /// <summary>Whether that there was no such version bore on the decision: it is not good for one that came since.</summary>
    public bool IsOfNone { get; private init; }

    /// <summary>A grant, if the decision allows it.</summary>
    /// <param name="decision">The decision.</param>
    /// <param name="caller">Whose grant.</param>
    /// <param name="action">For what.</param>
    /// <param name="looked">Whether a version was looked for.</param>
    /// <param name="judgedBy">The one that was found.</param>
    public static Grant? Of(
        PolicyDecision decision, Caller caller, S3Action action, bool looked, ObjectVersion? judgedBy) =>
        decision.IsAllowed
            ? new Grant(caller, action) { JudgedBy = judgedBy, IsOfNone = looked && judgedBy is null }
            : null;

    /// <summary>A grant to find out that nothing is there, good for nothing that is.</summary>
    public static Grant OfNone(Caller caller, S3Action action) => new(caller, action) { IsOfNone = true };

    /// <summary>Whether the grant is good for a version as it is.</summary>
    public bool IsGoodFor(ObjectVersion version) => JudgedBy is { } judged ? judged.IsSameAs(version) : !IsOfNone;

    /// <summary>
    /// What the root of an account may do without a look at policies: all, to a bucket of its own that has no policy and
    /// no ACLs, and to what is nobody's yet.
    /// </summary>
    /// <returns>Null: the policies have to be asked.</returns>
    public static Grant? OfRoot(Caller caller, S3Action action, BucketAccess? bucket) =>
        caller is { Kind: CallerKind.Root, Policies.Session.IsEmpty: true }
        && (bucket is not { } settled
            || (settled.OwnerId == caller.CanonicalId && settled is { Policy: null, HasAcls: false }))
            ? new Grant(caller, action)
            : null;

    /// <summary>
    /// A grant to read the document of a request that has yet to say what it is about, or who sends it. Whoever reads it
    /// asks again before acting.
    /// </summary>
    public static Grant ToRead(S3Action action) => new(Caller.Anonymous, action);
}
