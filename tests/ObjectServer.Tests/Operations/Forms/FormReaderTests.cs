using System.IO.Pipelines;
using System.Text;
using CsCheck;
using Microsoft.AspNetCore.Http;
using ObjectServer.Authentication;
using ObjectServer.Body;
using ObjectServer.Checksums.Lanes;
using ObjectServer.Errors;
using ObjectServer.Operations.Forms;

namespace ObjectServer.Tests.Operations.Forms;

public sealed class FormReaderTests
{
    private const string ContentType = "multipart/form-data; boundary=xyz";

    [Fact]
    public async Task Fields_and_file_are_read_whole_and_byte_by_byte()
    {
        const string form =
            "--xyz\r\nContent-Disposition: form-data; name=\"key\"\r\n\r\nuser/${filename}\r\n"
            + "--xyz\r\nContent-Disposition: form-data; name=\"Über\"\r\nContent-Type: text/plain\r\n\r\n\r\n"
            + "--xyz\r\nContent-Disposition: form-data; name=\"file\"; filename=\"C:\\dir\\a b.txt\"\r\n\r\n"
            + "c\r\n--xy\r\nd\r\n"
            + "--xyz\r\nContent-Disposition: form-data; name=\"late\"\r\n\r\nignored\r\n--xyz--\r\n";
        foreach (var pieceLength in new[] { int.MaxValue, 7, 1 })
        {
            var (fields, file) = await ReadAsync(Encoding.UTF8.GetBytes(form), pieceLength);
            Assert.Equal("user/${filename}", fields.Values["KEY"]);
            Assert.Equal("", fields.Values["über"]);
            Assert.Equal(2, fields.Values.Count);
            Assert.Equal("a b.txt", fields.FileName);
            Assert.Equal("c\r\n--xy\r\nd", Encoding.UTF8.GetString(file));
        }
    }

    [Fact]
    public async Task A_file_may_be_empty_and_have_no_name()
    {
        var (fields, file) = await ReadAsync(
            "--xyz\r\ncontent-disposition: form-data; name=file\r\n\r\n\r\n--xyz--"u8.ToArray(), int.MaxValue);
        Assert.Equal("", fields.FileName);
        Assert.Empty(file);
    }

    [Fact]
    public async Task Any_file_arrives_as_it_was_sent() =>
        await Gen.Select(Gen.OneOf(Gen.Byte, Gen.Char["\r\n-x"].Select(c => (byte)c)).Array[0, 300], Gen.Int[1, 64])
            .Where((content, _) => content.AsSpan().IndexOf("\r\n--xyz"u8) < 0)
            .SampleAsync(async (content, pieceLength) =>
            {
                byte[] form =
                [
                    .. "--xyz\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\n"u8,
                    .. content,
                    .. "\r\n--xyz--\r\n"u8,
                ];
                Assert.Equal(content, (await ReadAsync(form, pieceLength)).File);
            });

    [Theory]
    [InlineData("", "MalformedPOSTRequest")]
    [InlineData("no form at all", "MalformedPOSTRequest")]
    [InlineData(
        "--xyz\r\nContent-Disposition: form-data; name=\"key\"\r\n\r\nk\r\n--xyz--\r\n",
        "IncorrectNumberOfFilesInPostRequest")]
    [InlineData("--xyz\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nnever ends", "MalformedPOSTRequest")]
    [InlineData("--xyz\r\nContent-Disposition: form-data\r\n\r\nk\r\n--xyz--\r\n", "MalformedPOSTRequest")]
    [InlineData("--xyz\r\n\r\nk\r\n--xyz--\r\n", "MalformedPOSTRequest")]
    [InlineData("--xyz\r\nno header\r\n\r\nk\r\n--xyz--\r\n", "MalformedPOSTRequest")]
    public async Task A_broken_form_is_refused(string form, string code)
    {
        foreach (var pieceLength in new[] { int.MaxValue, 1 })
        {
            var refusal = await Assert.ThrowsAsync<S3Exception>(
                () => ReadAsync(Encoding.UTF8.GetBytes(form), pieceLength));
            Assert.Equal(code, refusal.Error.Code);
        }
    }

    [Fact]
    public async Task A_field_comes_once()
    {
        const string field = "--xyz\r\nContent-Disposition: form-data; name=\"key\"\r\n\r\nk\r\n";
        var refusal = await Assert.ThrowsAsync<S3Exception>(
            () => ReadAsync(Encoding.UTF8.GetBytes(field + field), int.MaxValue));
        Assert.Equal("MalformedPOSTRequest", refusal.Error.Code);
    }

    [Theory]
    [InlineData(20_000, null)]
    [InlineData(20_480, "MaxPostPreDataLengthExceeded")]
    [InlineData(200_000, "MaxPostPreDataLengthExceeded")]
    public async Task The_fields_have_twenty_kilobytes(int length, string? code)
    {
        var form = Encoding.UTF8.GetBytes(
            "--xyz\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n" + new string('v', length)
            + "\r\n--xyz\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nf\r\n--xyz--");
        foreach (var pieceLength in new[] { int.MaxValue, 1000 })
        {
            var refusal = await Record.ExceptionAsync(() => ReadAsync(form, pieceLength));
            Assert.Equal(code, (refusal as S3Exception)?.Error.Code);
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("multipart/form-data")]
    [InlineData("multipart/form-data; boundary=")]
    public void A_form_needs_a_boundary(string? contentType) =>
        Assert.Equal(
            "MalformedPOSTRequest",
            Assert.Throws<S3Exception>(
                () => new FormReader(Open(PipeReader.Create(Stream.Null)), contentType)).Error.Code);

    private static RequestBody Open(PipeReader reader) =>
        RequestBody.Open(reader, new HeaderDictionary(), PayloadMode.Unsigned, signer: null, new Md5Lanes());

    private static async Task<(FormFields Fields, byte[] File)> ReadAsync(byte[] form, int pieceLength)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 0));
        var sending = SendAsync(pipe.Writer, form, pieceLength, cancellation);
        var reader = new FormReader(Open(pipe.Reader), ContentType);
        var fields = await reader.ReadFieldsAsync(cancellation);
        var file = new MemoryStream();
        await reader.CopyFileAsync(file.WriteAsync, cancellation);
        await sending;
        return (fields, file.ToArray());
    }

    private static async Task SendAsync(PipeWriter writer, byte[] form, int pieceLength, CancellationToken cancellation)
    {
        for (var at = 0; at < form.Length; at += Math.Min(pieceLength, form.Length - at))
        {
            await writer.WriteAsync(form.AsMemory(at, Math.Min(pieceLength, form.Length - at)), cancellation);
            await Task.Yield();
        }

        await writer.CompleteAsync();
    }
}
