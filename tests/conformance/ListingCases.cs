using System.Xml.Linq;
using Amazon.S3.Model;

namespace ObjectServer.Conformance;

/// <summary>What the listings' cases have in common: filling buckets, and reading documents as they come.</summary>
internal static class ListingCases
{
    private static readonly XNamespace S3 = "http://s3.amazonaws.com/doc/2006-03-01/";

    /// <summary>A bucket with objects of these keys, each holding its key.</summary>
    public static async Task<string> NewBucketWithAsync(this ServerFixture server, params string[] keys)
    {
        var bucket = await server.NewBucketAsync();
        foreach (var key in keys)
        {
            await server.S3.PutObjectAsync(
                new PutObjectRequest { BucketName = bucket, Key = key, ContentBody = key },
                TestContext.Current.CancellationToken);
        }

        return bucket;
    }

    /// <summary>A listing's root element.</summary>
    public static async Task<XElement> ListRawAsync(this ServerFixture server, string target)
    {
        var answer = await server.SendAsync("GET", target);
        Assert.Equal((200, "application/xml"), (answer.Status, answer.Header("Content-Type")));
        return XDocument.Parse(answer.Text).Root!;
    }

    /// <summary>The names of the children, each once, in the order in which they first come.</summary>
    public static IEnumerable<string> Names(this XElement element) =>
        element.Elements().Select(child => child.Name.LocalName).Distinct();

    /// <summary>The text of a child; null where there is none.</summary>
    public static string? Text(this XElement element, string name) => element.Element(S3 + name)?.Value;

    /// <summary>The texts of a grandchild in each child of a name.</summary>
    public static IEnumerable<string> Texts(this XElement element, string name, string inner) =>
        element.Elements(S3 + name).Select(child => child.Element(S3 + inner)!.Value);

    /// <summary>Asserts that a listing refuses a parameter, and how it says so.</summary>
    public static async Task AssertRefusedAsync(
        this ServerFixture server, string target, string message, string argument, string value)
    {
        var answer = await server.SendAsync("GET", target);
        Assert.Equal(400, answer.Status);
        var error = XDocument.Parse(answer.Text).Root!;
        Assert.Equal(
            ("InvalidArgument", message, argument, value),
            (error.Element("Code")!.Value, error.Element("Message")!.Value, error.Element("ArgumentName")!.Value,
                error.Element("ArgumentValue")!.Value));
    }
}
