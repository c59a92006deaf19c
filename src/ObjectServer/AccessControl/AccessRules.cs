using Microsoft.AspNetCore.Http;
using ObjectServer.Storage.Model;

namespace ObjectServer.AccessControl;

/// <summary>What operations need in order to obey what a request says of owners and ACLs.</summary>
/// <param name="Accounts">Those that grants may name, and the names of owners.</param>
/// <param name="Blocks">The blocks of public access that accounts have.</param>
/// <param name="NewBuckets">What a new bucket gets that is asked for without a word about it.</param>
internal sealed record AccessRules(IAccountLookup Accounts, AccountBlocks Blocks, NewBuckets NewBuckets)
{
    /// <summary>Whose an object will be that is written, and its ACL.</summary>
    /// <param name="headers">Of the request, or the fields of a form.</param>
    /// <param name="bucket">Where it goes.</param>
    /// <param name="writerId">Canonical id of the account that writes.</param>
    /// <exception cref="Errors.S3Exception">As <see cref="ObjectAccess.Of"/>.</exception>
    public ObjectAccess OfWrite(IHeaderDictionary headers, BucketRecord bucket, string writerId) =>
        ObjectAccess.Of(headers, bucket, writerId, Blocks.On(bucket), Accounts);
}
