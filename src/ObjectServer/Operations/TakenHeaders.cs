namespace ObjectServer.Operations;

/// <summary>Families of headers that an operation obeys. Sent to any other operation, they are refused by name.</summary>
[Flags]
internal enum TakenHeaders
{
    None = 0,

    /// <summary><c>x-amz-acl</c> and <c>x-amz-grant-*</c>.</summary>
    Acl = 1,

    /// <summary><c>x-amz-object-ownership</c>.</summary>
    Ownership = 2,

    /// <summary><c>x-amz-object-lock-*</c>.</summary>
    Lock = 4,

    /// <summary><c>x-amz-mfa</c>.</summary>
    Factor = 8,
}
