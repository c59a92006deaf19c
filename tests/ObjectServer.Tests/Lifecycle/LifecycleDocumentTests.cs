using System.Buffers;
using System.Text;
using CsCheck;
using ObjectServer.Errors;
using ObjectServer.Lifecycle;
using ObjectServer.Xml;

namespace ObjectServer.Tests.Lifecycle;

public sealed class LifecycleDocumentTests
{
    private const string Least = "<Status>Enabled</Status><Filter/>";

    private const string Ends = "<Expiration><Days>1</Days></Expiration>";

    [Theory]
    [InlineData("<LifecycleConfiguration><Rules/></LifecycleConfiguration>")]
    [InlineData("<Lifecycle/>")]
    [InlineData("<LifecycleConfiguration")]
    public void A_document_is_nothing_but_rules(string document) =>
        Assert.Equal("MalformedXML", Refusal(document).Code);

    [Theory]
    [InlineData("<Filter/>" + Ends)]
    [InlineData("<Status>enabled</Status><Filter/>" + Ends)]
    [InlineData("<Status>Enabled</Status>" + Ends)]
    [InlineData("<Prefix>a</Prefix>" + Least + Ends)]
    [InlineData(Least + Ends + Ends)]
    [InlineData(Least + Ends + "<Else/>")]
    [InlineData(Least + Ends + "<ID>a</ID><ID>b</ID>")]
    [InlineData(Least + "<Expiration/>")]
    [InlineData(Least + "<Expiration><Days>x</Days></Expiration>")]
    [InlineData(Least + "<Expiration><Days>99999999999</Days></Expiration>")]
    [InlineData(Least + "<Expiration><Days>1</Days><Date>2030-01-01T00:00:00Z</Date></Expiration>")]
    [InlineData(Least + "<Expiration><Days>1</Days><ExpiredObjectDeleteMarker>true</ExpiredObjectDeleteMarker></Expiration>")]
    [InlineData(Least + "<Expiration><ExpiredObjectDeleteMarker>yes</ExpiredObjectDeleteMarker></Expiration>")]
    [InlineData(Least + "<Expiration><Date>Fri, 01 Jan 2016 00:00:00 GMT</Date></Expiration>")]
    [InlineData(Least + "<Transition><Days>1</Days></Transition>")]
    [InlineData(Least + "<Transition><StorageClass>GLACIER</StorageClass></Transition>")]
    [InlineData(Least + "<Transition><Days>1</Days><StorageClass>STANDARD</StorageClass></Transition>")]
    [InlineData(Least + "<Transition><Days>1</Days><Date>2030-01-01T00:00:00Z</Date><StorageClass>GLACIER</StorageClass></Transition>")]
    [InlineData(Least + "<NoncurrentVersionTransition><StorageClass>GLACIER</StorageClass></NoncurrentVersionTransition>")]
    [InlineData(Least + "<NoncurrentVersionExpiration/>")]
    [InlineData(Least + "<NoncurrentVersionExpiration><NewerNoncurrentVersions>1</NewerNoncurrentVersions></NoncurrentVersionExpiration>")]
    [InlineData(Least + "<AbortIncompleteMultipartUpload/>")]
    public void A_rule_has_a_status_a_filter_and_whole_actions(string rule) =>
        Assert.Equal("MalformedXML", Refusal(InRule(rule)).Code);

    [Theory]
    [InlineData("<Prefix>a</Prefix><ObjectSizeLessThan>1</ObjectSizeLessThan>")]
    [InlineData("<Prefix>a</Prefix><And><Prefix>a</Prefix><ObjectSizeLessThan>1</ObjectSizeLessThan></And>")]
    [InlineData("<And><Prefix>a</Prefix></And>")]
    [InlineData("<And/>")]
    [InlineData("<Tag><Value>a</Value></Tag>")]
    [InlineData("<Tag><Key/><Value>a</Value></Tag>")]
    [InlineData("<ObjectSizeLessThan>many</ObjectSizeLessThan>")]
    [InlineData("<Suffix>a</Suffix>")]
    public void A_filter_has_one_condition_or_several_within_And(string filter) => Assert.Equal(
        "MalformedXML", Refusal(InRule($"<Status>Enabled</Status><Filter>{filter}</Filter>{Ends}")).Code);

    [Fact]
    public void A_rule_without_an_id_is_given_one_and_no_two_the_same()
    {
        var document = $"<LifecycleConfiguration><Rule>{Least}{Ends}</Rule><Rule><ID/>{Least}{Ends}</Rule></LifecycleConfiguration>";
        var ids = Read(document).Rules.Select(rule => rule.Id).ToArray();
        Assert.All(ids, id => Assert.Equal(48, id.Length));
        Assert.NotEqual(ids[0], ids[1]);
    }

    [Fact]
    public void What_was_read_is_written_as_it_was()
    {
        const string Document =
            "<LifecycleConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
            + "<Rule><ID>a</ID><Filter><And><Prefix>logs/</Prefix><Tag><Key>k</Key><Value>v</Value></Tag>"
            + "<Tag><Key>l</Key><Value></Value></Tag><ObjectSizeGreaterThan>1</ObjectSizeGreaterThan>"
            + "<ObjectSizeLessThan>5000000000</ObjectSizeLessThan></And></Filter><Status>Enabled</Status>"
            + "<Expiration><Date>2030-01-01T00:00:00.000Z</Date></Expiration>"
            + "<Transition><Date>2029-01-01T00:00:00.000Z</Date><StorageClass>GLACIER</StorageClass></Transition></Rule>"
            + "<Rule><ID>b</ID><Filter/><Status>Disabled</Status>"
            + "<Expiration><ExpiredObjectDeleteMarker>true</ExpiredObjectDeleteMarker></Expiration>"
            + "<NoncurrentVersionTransition><NoncurrentDays>0</NoncurrentDays><NewerNoncurrentVersions>2</NewerNoncurrentVersions>"
            + "<StorageClass>GLACIER_IR</StorageClass></NoncurrentVersionTransition>"
            + "<NoncurrentVersionExpiration><NoncurrentDays>3</NoncurrentDays>"
            + "<NewerNoncurrentVersions>4</NewerNoncurrentVersions></NoncurrentVersionExpiration>"
            + "<AbortIncompleteMultipartUpload><DaysAfterInitiation>7</DaysAfterInitiation></AbortIncompleteMultipartUpload></Rule>"
            + "</LifecycleConfiguration>";
        Assert.Equal(Document.Replace("<Filter/>", "<Filter></Filter>", StringComparison.Ordinal), Written(Read(Document)));
    }

    [Fact]
    public void What_is_kept_is_read_back_with_its_minimum() => Configurations().Sample(configuration =>
    {
        var kept = new ArrayBufferWriter<byte>();
        LifecycleDocument.WriteKept(new S3XmlWriter(kept), configuration);
        var read = LifecycleDocument.ReadKept(kept.WrittenMemory);
        Assert.Equal(configuration.Minimum, read.Minimum);
        Assert.Equal(Written(configuration), Written(read));
    });

    private static Gen<LifecycleConfiguration> Configurations()
    {
        var filters = Gen.Select(
            Gen.Char.AlphaNumeric.Array[1, 8].Select(letters => new string(letters)), Gen.Enum<FilterForm>(), Gen.Long[0, 1L << 40], Gen.Char["a-b<&\u00e9 "].Array[1, 5]).Select(
            (prefix, form, size, letters) => form == FilterForm.And
                ? new LifecycleFilter(form) { Prefix = prefix, LargerThan = size, Tags = [new(prefix, new string(letters))] }
                : new LifecycleFilter(form) { Prefix = prefix });
        return Gen.Select(filters, Gen.Int[0, 5000], Gen.Enum<TransitionMinimum>(), Gen.Bool, Gen.Int[0, 5]).Select(
            (filter, days, minimum, isEnabled, at) => new LifecycleConfiguration(
                [
                    new()
                    {
                        Id = "rule",
                        IsEnabled = isEnabled,
                        Filter = filter,
                        Expiration = isEnabled ? new() { Days = days } : null,
                        Transitions = [new(LifecycleClasses.All[at]) { Days = days }],
                        NoncurrentExpiration = new(days, isEnabled ? at : null),
                        NoncurrentTransitions = [new(LifecycleClasses.All[at], days, Kept: null)],
                        AbortDays = days,
                    },
                ],
                minimum));
    }

    private static string InRule(string rule) => $"<LifecycleConfiguration><Rule>{rule}</Rule></LifecycleConfiguration>";

    private static LifecycleConfiguration Read(string document) =>
        LifecycleDocument.Read(Encoding.UTF8.GetBytes(document), TransitionMinimum.AllStorageClasses128K);

    private static string Written(LifecycleConfiguration configuration)
    {
        var written = new ArrayBufferWriter<byte>();
        LifecycleDocument.Write(new S3XmlWriter(written), configuration);
        return Encoding.UTF8.GetString(written.WrittenSpan);
    }

    private static S3Error Refusal(string document) => Assert.Throws<S3Exception>(() => Read(document)).Error;
}
