using System.Text;
using ObjectServer.Errors;
using ObjectServer.Operations.Multipart;
using ObjectServer.Storage.Model;

namespace ObjectServer.Tests.Operations.Multipart;

public sealed class ChosenPartTests
{
    [Fact]
    public void Parts_are_read_with_their_checksums_and_without_the_quotes_of_their_etags()
    {
        var parts = Read(
            "<Part><PartNumber>1</PartNumber><ETag>&quot;aa&quot;</ETag></Part>"
            + "<Part><ETag>bb</ETag><ChecksumCRC32>AAAAAA==</ChecksumCRC32><PartNumber> 7 </PartNumber></Part>");
        Assert.Equal([(1, "aa"), (7, "bb")], parts.Select(part => (part.Number, part.ETag)));
        Assert.Empty(parts[0].Checksums);
        Assert.Equal([new ChosenChecksum(ChecksumAlgorithm.Crc32, "AAAAAA==")], parts[1].Checksums);
    }

    [Theory]
    [InlineData("", "MalformedXML")]
    [InlineData("<Part><PartNumber>1</PartNumber></Part>", "MalformedXML")]
    [InlineData("<Part><ETag>a</ETag></Part>", "MalformedXML")]
    [InlineData("<Part><PartNumber>one</PartNumber><ETag>a</ETag></Part>", "MalformedXML")]
    [InlineData("<Part><PartNumber>1</PartNumber><ETag>a</ETag><Other/></Part>", "MalformedXML")]
    [InlineData("<Piece><PartNumber>1</PartNumber><ETag>a</ETag></Piece>", "MalformedXML")]
    [InlineData("<Part><PartNumber>0</PartNumber><ETag>a</ETag></Part>", "InvalidArgument")]
    public void A_list_that_names_no_parts_is_refused(string parts, string code) =>
        Assert.Equal(code, Assert.Throws<S3Exception>(() => Read(parts)).Error.Code);

    [Theory]
    [InlineData(2, 1)]
    [InlineData(1, 1)]
    public void Numbers_must_ascend(int first, int second) =>
        Assert.Equal("InvalidPartOrder", Assert.Throws<S3Exception>(() => Read(Part(first) + Part(second))).Error.Code);

    [Fact]
    public void More_than_ten_thousand_parts_are_refused()
    {
        var tenThousand = string.Concat(Enumerable.Range(1, 10_000).Select(Part));
        Assert.Equal(10_000, Read(tenThousand).Count);
        Assert.Throws<S3Exception>(() => Read(tenThousand + Part(10_001)));
    }

    [Fact]
    public void An_empty_body_is_refused() =>
        Assert.Equal("MalformedXML", Assert.Throws<S3Exception>(() => ChosenPart.ReadAll(default)).Error.Code);

    private static string Part(int number) => $"<Part><PartNumber>{number}</PartNumber><ETag>a</ETag></Part>";

    private static IReadOnlyList<ChosenPart> Read(string parts) => ChosenPart.ReadAll(
        Encoding.UTF8.GetBytes($"<CompleteMultipartUpload>{parts}</CompleteMultipartUpload>"));
}
