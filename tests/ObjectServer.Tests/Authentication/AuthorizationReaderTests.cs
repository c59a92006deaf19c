using ObjectServer.Authentication;
using ObjectServer.Errors;

namespace ObjectServer.Tests.Authentication;

public sealed class AuthorizationReaderTests
{
    private const string Region = "us-east-1";
    private const string Begin = "AWS4-HMAC-SHA256 Credential=AKID/20130524/us-east-1/s3/aws4_request, SignedHeaders=host;x-amz-date, ";

    private readonly AuthorizationReader _reader = new(ServedScopes.S3(Region));

    [Theory]
    [InlineData(Begin + "Signature=abc")]
    [InlineData(Begin + "Signature=abc ")]
    [InlineData(Begin + "Signature=abc, Signature=def")]
    [InlineData(Begin + "Signature=abc,Other=def")]
    [InlineData(Begin + "Signature=Signature=abc")]
    [InlineData(Begin + "XSignature=abc")]
    [InlineData(Begin + "Signature=")]
    [InlineData(Begin + "Other=Signature=abc")]
    [InlineData("AWS4-HMAC-SHA256 Signature=abc, Credential=AKID/20130524/us-east-1/s3/aws4_request, SignedHeaders=host")]
    [InlineData("Signature=")]
    [InlineData("x")]
    public void What_is_remembered_changes_no_answer(string value)
    {
        var expected = Describe(() => AuthorizationHeader.Parse(value, ServedScopes.S3(Region)));

        Describe(() => _reader.Read(Begin + "Signature=first"));
        Assert.Equal(expected, Describe(() => _reader.Read(value)));
        Assert.Equal(expected, Describe(() => _reader.Read(value)));
    }

    private static string Describe(Func<AuthorizationHeader> read)
    {
        try
        {
            var header = read();
            return $"{header.Credential} {string.Join(';', header.SignedHeaders.Names)} {header.Signature}";
        }
        catch (S3Exception refusal)
        {
            return $"{refusal.Error.Code} {refusal.Error.Message}";
        }
    }
}
