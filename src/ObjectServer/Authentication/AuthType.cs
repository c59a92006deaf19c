namespace ObjectServer.Authentication;

/// <summary>Where a request carries its signature.</summary>
internal enum AuthType
{
    /// <summary>Nowhere.</summary>
    Anonymous,

    /// <summary>In the Authorization header.</summary>
    Header,

    /// <summary>In the query: a presigned URL.</summary>
    Query,

    /// <summary>In the fields of a browser's form, over the policy.</summary>
    Form,
}
