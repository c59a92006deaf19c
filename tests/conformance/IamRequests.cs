using System.Security.Cryptography;
using System.Text;

namespace ObjectServer.Conformance;

/// <summary>What holds of every request to IAM: signatures, forms, versions, errors.</summary>
public sealed class IamRequests(ServerFixture server)
{
    private readonly IamClient _iam = new(server);

    [Fact]
    public async Task The_root_is_told_who_it_is()
    {
        var answer = await _iam.CallAsync("GetUser");

        Assert.Equal(ServerFixture.AccountId, answer.Element("UserId"));
        Assert.Equal("arn:aws:iam::000000000000:root", answer.Element("Arn"));
        Assert.Equal("text/xml", answer.Header("Content-Type"));
    }

    [Fact]
    public async Task Errors_have_the_form_of_the_query_protocol()
    {
        var answer = await _iam.SendAsync("GetUser", ("UserName", "nobody"));

        answer.AssertRefused(404, "NoSuchEntity");
        Assert.Equal("text/xml", answer.Header("Content-Type"));
        Assert.Equal("Sender", answer.Element("Type"));
        Assert.Equal("The user with name nobody cannot be found.", answer.Element("Message"));
        Assert.Equal(answer.Header("x-amzn-RequestId"), answer.Element("RequestId"));
        Assert.Contains(
            "<ErrorResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\"><Error>", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_not_served_is_refused_by_name()
    {
        var answer = await _iam.SendAsync("CreateLoginProfile", ("UserName", "x"), ("Password", "y"));

        answer.AssertRefused(501, "NotImplemented");
        Assert.Contains("CreateLoginProfile", answer.Element("Message"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_does_not_exist_is_no_action()
    {
        (await _iam.SendAsync("MakeCoffee")).AssertRefused(400, "InvalidAction");
        (await new IamClient(server) { Version = "2009-01-01" }.SendAsync("GetUser"))
            .AssertRefused(400, "InvalidAction");
        (await _iam.SendFormAsync("Version=2010-05-08")).AssertRefused(400, "MissingAction");
    }

    [Fact]
    public async Task Nobody_in_particular_is_told_nothing()
    {
        var answer = await server.Raw.SendUnsignedAsync(
            "POST", "/", Encoding.UTF8.GetBytes("Action=ListUsers&Version=2010-05-08"),
            ("Content-Type", "application/x-www-form-urlencoded"));

        answer.AssertRefused(403, "MissingAuthenticationToken");
    }

    [Fact]
    public async Task Credentials_that_do_not_hold_are_refused()
    {
        (await new IamClient(server, "AKIANOBODY").SendAsync("GetUser")).AssertRefused(403, "InvalidClientTokenId");
        (await new IamClient(server, secretAccessKey: "wrong-secret").SendAsync("GetUser"))
            .AssertRefused(403, "SignatureDoesNotMatch");
        (await new IamClient(server) { Skew = TimeSpan.FromHours(-1) }.SendAsync("GetUser"))
            .AssertRefused(403, "SignatureDoesNotMatch");
        (await _iam.SendFormAsync("Action=GetUser&Version=2010-05-08", ("x-amz-security-token", "token")))
            .AssertRefused(403, "InvalidClientTokenId");
    }

    [Fact]
    public async Task A_signature_for_another_region_is_refused_and_one_for_us_east_1_is_not()
    {
        (await new IamClient(server) { Region = "eu-west-9" }.SendAsync("GetUser"))
            .AssertRefused(400, "IncompleteSignature");
        (await new IamClient(server) { Region = "us-east-1" }.SendAsync("GetUser")).AssertOk();
    }

    [Fact]
    public async Task A_body_that_was_changed_on_the_way_does_not_match()
    {
        var sent = "Action=GetUser&Version=2010-05-08";
        var hash = Convert.ToHexStringLower(SHA256.HashData("other"u8));

        (await _iam.SendFormAsync(sent, ("x-amz-content-sha256", hash))).AssertRefused(403, "SignatureDoesNotMatch");
        (await _iam.SendFormAsync(sent, ("x-amz-content-sha256", "UNSIGNED-PAYLOAD")))
            .AssertRefused(403, "SignatureDoesNotMatch");
    }

    [Fact]
    public async Task A_form_that_is_signed_for_S3_is_S3s() =>
        (await new IamClient(server) { Service = "s3" }.SendAsync("GetUser")).AssertRefused(405, "MethodNotAllowed");

    [Fact]
    public async Task Broken_forms_are_refused()
    {
        (await _iam.SendFormAsync("Action=%zz&Version=2010-05-08")).AssertRefused(404, "MalformedQueryString");
        (await _iam.SendFormAsync("")).AssertRefused(400, "MissingAction");
        (await _iam.SendFormAsync(string.Join('&', Enumerable.Range(0, 10_001).Select(number => $"p{number}=1"))))
            .AssertRefused(404, "MalformedQueryString");
        (await _iam.SendFormAsync("Action=GetUser&Version=2010-05-08&x=" + new string('x', 2 << 20)))
            .AssertRefused(413, "RequestEntityTooLarge");
    }

    [Theory]
    [InlineData("CreateUser", "UserName", "", "length greater than or equal to 1")]
    [InlineData("CreateUser", "UserName", "a b", "regular expression pattern")]
    [InlineData("CreateUser", "UserName", "über", "regular expression pattern")]
    [InlineData("CreateUser", "UserName", "a/b", "regular expression pattern")]
    [InlineData("CreateUser", "Other", "x", "Member must not be null")]
    [InlineData("ListUsers", "MaxItems", "0", "greater than or equal to 1")]
    [InlineData("ListUsers", "MaxItems", "1001", "less than or equal to 1000")]
    [InlineData("ListUsers", "MaxItems", "many", "a number")]
    [InlineData("ListUsers", "Marker", "*", "Invalid Marker")]
    [InlineData("ListUsers", "PathPrefix", "team", "regular expression pattern")]
    public async Task Parameters_that_are_not_as_they_must_be_are_refused(
        string action, string name, string value, string message)
    {
        var answer = await _iam.SendAsync(action, (name, value));

        answer.AssertRefused(400, "ValidationError");
        Assert.Contains(message, answer.Element("Message"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_of_64_characters_is_taken_and_one_of_65_is_not()
    {
        var longest = IamClient.NewName().PadRight(64, 'x');

        await _iam.CallAsync("CreateUser", ("UserName", longest));
        (await _iam.SendAsync("CreateUser", ("UserName", longest + "x"))).AssertRefused(400, "ValidationError");
        await _iam.CallAsync("DeleteUser", ("UserName", longest));
    }

    [Fact]
    public async Task A_request_may_have_its_parameters_in_the_query()
    {
        Assert.Equal(
            "arn:aws:iam::000000000000:root", (await _iam.GetAsync("GetUser")).AssertOk().Element("Arn"));
        (await _iam.GetAsync("GetUser", ("UserName", "nobody"))).AssertRefused(404, "NoSuchEntity");
        (await new IamClient(server, secretAccessKey: "wrong-secret").GetAsync("GetUser"))
            .AssertRefused(403, "SignatureDoesNotMatch");
    }

    [Fact]
    public async Task S3_is_not_touched_by_parameters_that_look_like_an_action()
    {
        var answer = await server.SendAsync("GET", "/?Action=GetUser&Version=2010-05-08");

        answer.AssertOk();
        Assert.Contains("ListAllMyBucketsResult", answer.Text, StringComparison.Ordinal);
    }
}
