namespace ObjectServer.Storage.Contents;

/// <summary>Bytes that are durable and that no record names yet.</summary>
internal interface IUncommitted
{
    /// <summary>Leaves them to the record that names them.</summary>
    void Surrender();

    /// <summary>
    /// Nobody knows whether a record names them until the next start: they stay, and no sweep of this process takes them.
    /// </summary>
    void LeaveInDoubt();
}
