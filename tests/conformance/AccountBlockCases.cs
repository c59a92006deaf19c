using System.Text;

namespace ObjectServer.Conformance;

/// <summary>What tests of an account's block share. It holds for every bucket, so each test has a server of its own.</summary>
internal static class AccountBlockCases
{
    public const string Target = "/v20180820/configuration/publicAccessBlock";

    public static readonly (string Name, string Value) Account = ("x-amz-account-id", ServerFixture.AccountId);

    /// <summary>A block of public ACLs.</summary>
    public static byte[] BlockPublicAcls { get; } = Encoding.UTF8.GetBytes(
        "<PublicAccessBlockConfiguration xmlns=\"http://awss3control.amazonaws.com/doc/2018-08-20/\">"
        + "<BlockPublicAcls>true</BlockPublicAcls></PublicAccessBlockConfiguration>");
}
