using ObjectServer.Identity;
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

    /// <summary>Decides who may do what: an account may do everything to its own buckets, and nothing to others.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="action">For what.</param>
    /// <param name="bucket">The bucket concerned; null where there is none yet.</param>
    /// <returns>A grant, or null where the caller may not.</returns>
    public static Grant? Judge(Caller caller, S3Action action, BucketRecord? bucket)
    {
        if (caller.IsAnonymous)
        {
            return null;
        }

        return bucket is null || bucket.OwnerId == caller.CanonicalId ? new Grant(caller, action) : null;
    }

    /// <summary>
    /// A grant to read a form that has yet to say who sends it. Whoever reads it judges that caller before acting.
    /// </summary>
    public static Grant ForForm(S3Action action) => new(Caller.Anonymous, action);
}
