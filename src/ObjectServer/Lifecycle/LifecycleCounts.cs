using ObjectServer.Observability;
using ObjectServer.Storage.Model;

namespace ObjectServer.Lifecycle;

/// <summary>What a pass did; counted for the server's metrics, too.</summary>
internal sealed class LifecycleCounts(ServerMetrics? metrics)
{
    /// <summary>Versions and uploads that were looked at.</summary>
    public long LookedAt { get; private set; }

    public long Removed { get; private set; }

    public long Hidden { get; private set; }

    public long Transitioned { get; private set; }

    public long Aborted { get; private set; }

    /// <summary>Versions that a lock kept.</summary>
    public long Protected { get; private set; }

    /// <summary>Versions that could not be read, or for which there was no room.</summary>
    public long Failed { get; private set; }

    public bool IsNothing => Removed + Hidden + Transitioned + Aborted + Failed == 0;

    public void CountLook()
    {
        LookedAt++;
        metrics?.CountLifecycleLook();
    }

    public void Count(ExpiryOutcome outcome)
    {
        switch (outcome)
        {
            case ExpiryOutcome.Removed:
                Removed++;
                metrics?.CountLifecycle("removed");
                break;
            case ExpiryOutcome.Hidden:
                Hidden++;
                metrics?.CountLifecycle("hidden");
                break;
            case ExpiryOutcome.Protected:
                Protected++;
                metrics?.CountLifecycle("protected");
                break;
        }
    }

    public void CountTransition()
    {
        Transitioned++;
        metrics?.CountLifecycle("transitioned");
    }

    public void CountAbort()
    {
        Aborted++;
        metrics?.CountLifecycle("aborted");
    }

    public void CountFailure()
    {
        Failed++;
        metrics?.CountLifecycle("failed");
    }
}
