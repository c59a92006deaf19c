using System.Text;
using ObjectServer.Errors;
using ObjectServer.Lifecycle;

namespace ObjectServer.Tests.Lifecycle;

/// <summary>What AWS's schema allows and AWS refuses all the same. The messages are AWS's.</summary>
public sealed class LifecycleChecksTests
{
    private const string Filter = "<Filter><Prefix>a/</Prefix></Filter>";

    [Theory]
    [InlineData("<Expiration><Days>0</Days></Expiration>", "'Days' for Expiration action must be a positive integer")]
    [InlineData("<Expiration><Date>2030-01-01T12:00:00Z</Date></Expiration>", "'Date' must be at midnight GMT")]
    [InlineData("<Transition><Date>2030-01-01T00:00:01Z</Date><StorageClass>GLACIER</StorageClass></Transition>", "'Date' must be at midnight GMT")]
    [InlineData(
        "<NoncurrentVersionExpiration><NoncurrentDays>0</NoncurrentDays></NoncurrentVersionExpiration>",
        "'NoncurrentDays' for NoncurrentVersionExpiration action must be a positive integer")]
    [InlineData(
        "<NoncurrentVersionExpiration><NoncurrentDays>1</NoncurrentDays><NewerNoncurrentVersions>0</NewerNoncurrentVersions></NoncurrentVersionExpiration>",
        "'NewerNoncurrentVersions' for NoncurrentVersionExpiration action must be a positive integer")]
    [InlineData(
        "<NoncurrentVersionExpiration><NoncurrentDays>1</NoncurrentDays><NewerNoncurrentVersions>101</NewerNoncurrentVersions></NoncurrentVersionExpiration>",
        "'NewerNoncurrentVersions' for NoncurrentVersionExpiration action must be less than or equal to 100")]
    [InlineData(
        "<NoncurrentVersionTransition><NoncurrentDays>1</NoncurrentDays><StorageClass>GLACIER</StorageClass><NewerNoncurrentVersions>101</NewerNoncurrentVersions></NoncurrentVersionTransition>",
        "'NewerNoncurrentVersions' for NoncurrentVersionTransition action must be less than or equal to 100")]
    [InlineData(
        "<Transition><Date>9999-12-30T00:00:00Z</Date><StorageClass>STANDARD_IA</StorageClass></Transition>"
        + "<Transition><Date>9999-12-31T00:00:00Z</Date><StorageClass>GLACIER</StorageClass></Transition>",
        "'Date' in the 'Transition' action for StorageClass 'GLACIER' for filter '(prefix=a/)' must be 30 days more than "
        + "'filter '(prefix=a/)'' in the 'Transition' action for StorageClass 'STANDARD_IA'")]
    [InlineData(
        "<AbortIncompleteMultipartUpload><DaysAfterInitiation>0</DaysAfterInitiation></AbortIncompleteMultipartUpload>",
        "'DaysAfterInitiation' for AbortIncompleteMultipartUpload action must be a positive integer")]
    [InlineData(
        "<Transition><Days>29</Days><StorageClass>STANDARD_IA</StorageClass></Transition>",
        "'Days' in Transition action must be greater than or equal to 30 for storageClass 'STANDARD_IA'")]
    [InlineData(
        "<Transition><Days>0</Days><StorageClass>ONEZONE_IA</StorageClass></Transition>",
        "'Days' in Transition action must be greater than or equal to 30 for storageClass 'ONEZONE_IA'")]
    [InlineData(
        "<Transition><Days>-1</Days><StorageClass>GLACIER</StorageClass></Transition>",
        "'Days' in Transition action must be nonnegative")]
    [InlineData(
        "<Transition><Days>30</Days><StorageClass>STANDARD_IA</StorageClass></Transition>"
        + "<Transition><Days>59</Days><StorageClass>GLACIER</StorageClass></Transition>",
        "'Days' in the 'Transition' action for StorageClass 'GLACIER' for filter '(prefix=a/)' must be 30 days more than "
        + "'filter '(prefix=a/)'' in the 'Transition' action for StorageClass 'STANDARD_IA'")]
    [InlineData(
        "<Transition><Days>100</Days><StorageClass>DEEP_ARCHIVE</StorageClass></Transition>"
        + "<Transition><Days>30</Days><StorageClass>GLACIER</StorageClass></Transition>",
        "'Days' in the 'Transition' action for StorageClass 'DEEP_ARCHIVE' for filter '(prefix=a/)' must be 90 days more "
        + "than 'filter '(prefix=a/)'' in the 'Transition' action for StorageClass 'GLACIER'")]
    [InlineData(
        "<Transition><Days>10</Days><StorageClass>GLACIER_IR</StorageClass></Transition><Expiration><Days>10</Days></Expiration>",
        "'Days' in the Expiration action for filter '(prefix=a/)' must be greater than 'Days' in the Transition action")]
    [InlineData(
        "<NoncurrentVersionTransition><NoncurrentDays>5</NoncurrentDays><StorageClass>GLACIER</StorageClass></NoncurrentVersionTransition>"
        + "<NoncurrentVersionExpiration><NoncurrentDays>5</NoncurrentDays></NoncurrentVersionExpiration>",
        "'NoncurrentDays' in the NoncurrentVersionExpiration action for filter '(prefix=a/)' must be greater than "
        + "'NoncurrentDays' in the NoncurrentVersionTransition action")]
    public void An_argument_that_cannot_be_is_refused(string actions, string message) =>
        AssertRefused("InvalidArgument", message, Rule(Filter + actions));

    [Theory]
    [InlineData("", "At least one action needs to be specified in a rule")]
    [InlineData(
        "<Transition><Days>1</Days><StorageClass>GLACIER</StorageClass></Transition>"
        + "<Transition><Days>200</Days><StorageClass>GLACIER</StorageClass></Transition>",
        "'StorageClass' must be different for 'Transition' actions in same 'Rule' with filter '(prefix=a/)'")]
    [InlineData(
        "<Transition><Days>1</Days><StorageClass>GLACIER</StorageClass></Transition>"
        + "<Transition><Date>2030-01-01T00:00:00Z</Date><StorageClass>DEEP_ARCHIVE</StorageClass></Transition>",
        "Found mixed 'Date' and 'Days' based Transition actions in lifecycle rule for filter '(prefix=a/)'")]
    [InlineData(
        "<Transition><Days>1</Days><StorageClass>GLACIER</StorageClass></Transition>"
        + "<Expiration><Date>2030-01-01T00:00:00Z</Date></Expiration>",
        "Found mixed 'Date' and 'Days' based Expiration and Transition actions in lifecycle rule for filter '(prefix=a/)'")]
    public void A_rule_that_contradicts_itself_is_refused(string actions, string message) =>
        AssertRefused("InvalidRequest", message, Rule(Filter + actions));

    [Theory]
    [InlineData("<Tag><Key>k</Key><Value>v</Value></Tag>", "Tags")]
    [InlineData("<ObjectSizeGreaterThan>1</ObjectSizeGreaterThan>", "Object Size")]
    public void What_is_no_object_has_neither_tags_nor_a_size(string filter, string what)
    {
        AssertRefused(
            "InvalidRequest",
            $"AbortIncompleteMultipartUpload cannot be specified with {what}.",
            Rule($"<Filter>{filter}</Filter><AbortIncompleteMultipartUpload><DaysAfterInitiation>1</DaysAfterInitiation></AbortIncompleteMultipartUpload>"));
        AssertRefused(
            "InvalidRequest",
            $"ExpiredObjectDeleteMarker cannot be specified with {what}.",
            Rule($"<Filter>{filter}</Filter><Expiration><ExpiredObjectDeleteMarker>false</ExpiredObjectDeleteMarker></Expiration>"));
    }

    [Theory]
    [InlineData("<ObjectSizeLessThan>0</ObjectSizeLessThan>", "'ObjectSizeLessThan' should be between 1 and 1099511627776000.")]
    [InlineData("<ObjectSizeGreaterThan>-1</ObjectSizeGreaterThan>", "'ObjectSizeGreaterThan' should be between 0 and 1099511627776000.")]
    [InlineData(
        "<And><ObjectSizeGreaterThan>5</ObjectSizeGreaterThan><ObjectSizeLessThan>5</ObjectSizeLessThan></And>",
        "'ObjectSizeLessThan' has to be a value greater than 'ObjectSizeGreaterThan'.")]
    [InlineData(
        "<And><Tag><Key>k</Key><Value>v</Value></Tag><Tag><Key>k</Key><Value>w</Value></Tag></And>",
        "Duplicate Tag Keys are not allowed.")]
    public void A_filter_that_nothing_can_fit_is_refused(string filter, string message) => AssertRefused(
        "InvalidRequest", message, Rule($"<Filter>{filter}</Filter><Expiration><Days>1</Days></Expiration>"));

    [Fact]
    public void Tags_of_a_filter_are_no_longer_than_tags_can_be()
    {
        AssertRefused("InvalidTag", "The TagKey you have provided is invalid", TagRule(129, 1));
        AssertRefused("InvalidTag", "The TagValue you have provided is invalid", TagRule(128, 257));
        Assert.Null(FindMistake(TagRule(128, 256)));

        static string TagRule(int key, int value) => Rule(
            $"<Filter><Tag><Key>{new string('k', key)}</Key><Value>{new string('v', value)}</Value></Tag></Filter>"
            + "<Expiration><Days>1</Days></Expiration>");
    }

    [Fact]
    public void Two_rules_of_one_prefix_are_refused_where_prefixes_are_no_filters() => AssertRefused(
        "InvalidRequest",
        "Found two rules with same prefix 'a'",
        Rule("<Prefix>a</Prefix><Expiration><Days>9</Days></Expiration>")
        + Rule("<Prefix>a</Prefix><Transition><Days>1</Days><StorageClass>GLACIER</StorageClass></Transition>"));

    [Fact]
    public void Rules_have_ids_of_their_own()
    {
        const string Ends = Filter + "<Expiration><Days>1</Days></Expiration>";
        AssertRefused(
            "InvalidArgument",
            "Rule ID must be unique. Found same ID for more than one rule",
            Rule("<ID>a</ID>" + Ends) + Rule("<ID>a</ID>" + Ends));
        AssertRefused(
            "InvalidArgument",
            "ID length should not exceed allowed limit of 255",
            Rule($"<ID>{new string('a', 256)}</ID>{Ends}"));
        Assert.Null(FindMistake(Rule($"<ID>{new string('a', 255)}</ID>{Ends}")));
    }

    [Fact]
    public void A_bucket_has_a_thousand_rules_at_most_and_one_at_least()
    {
        const string Ends = "<Filter/><Expiration><Days>1</Days></Expiration>";
        Assert.Null(FindMistake(string.Concat(Enumerable.Repeat(Rule(Ends), 1000))));
        AssertRefused(
            "InvalidRequest",
            "The number of lifecycle rules must not exceed the allowed limit of 1000 rules.",
            string.Concat(Enumerable.Repeat(Rule(Ends), 1001)));
        Assert.Equal("MalformedXML", FindMistake("")?.Code);
    }

    [Fact]
    public void Prefixes_of_rules_and_filters_do_not_mix()
    {
        const string Ends = "<Expiration><Days>1</Days></Expiration>";
        AssertRefused(
            "InvalidRequest",
            "Filter element can only be used in Lifecycle V2.",
            Rule("<Prefix>a</Prefix>" + Ends) + Rule(Filter + Ends));
        AssertRefused(
            "InvalidRequest",
            "Base level prefix cannot be used in Lifecycle V2, prefixes are only supported in the Filter.",
            Rule(Filter + Ends) + Rule("<Prefix>a</Prefix>" + Ends));
        AssertRefused(
            "InvalidRequest",
            "NewerNoncurrentVersions element can only be used in Lifecycle V2.",
            Rule("<Prefix>a</Prefix><NoncurrentVersionExpiration><NoncurrentDays>1</NoncurrentDays>"
                + "<NewerNoncurrentVersions>1</NewerNoncurrentVersions></NoncurrentVersionExpiration>"));
    }

    [Fact]
    public void Prefixes_of_rules_must_not_overlap_where_filters_may()
    {
        const string Ends = "<Expiration><Days>1</Days></Expiration>";
        AssertRefused(
            "InvalidRequest",
            "Found overlapping prefixes '' and 'a' for same action type 'Expiration'",
            Rule("<Prefix>a</Prefix>" + Ends) + Rule("<Prefix>b</Prefix>" + Ends) + Rule("<Prefix></Prefix>" + Ends));
        Assert.Null(FindMistake(Rule("<Prefix>a</Prefix>" + Ends) + Rule("<Prefix>b</Prefix>" + Ends)));
        Assert.Null(FindMistake(
            Rule("<Filter><Prefix>a</Prefix></Filter>" + Ends) + Rule("<Filter><Prefix/></Filter>" + Ends)));
    }

    [Theory]
    [InlineData("<Transition><Days>0</Days><StorageClass>GLACIER</StorageClass></Transition>")]
    [InlineData(
        "<Transition><Days>30</Days><StorageClass>STANDARD_IA</StorageClass></Transition>"
        + "<Transition><Days>60</Days><StorageClass>GLACIER</StorageClass></Transition>"
        + "<Transition><Days>150</Days><StorageClass>DEEP_ARCHIVE</StorageClass></Transition><Expiration><Days>3650</Days></Expiration>")]
    [InlineData(
        "<Transition><Days>1</Days><StorageClass>INTELLIGENT_TIERING</StorageClass></Transition>"
        + "<Transition><Days>7</Days><StorageClass>GLACIER_IR</StorageClass></Transition>")]
    [InlineData(
        "<Transition><Date>2029-01-01T00:00:00Z</Date><StorageClass>GLACIER</StorageClass></Transition>"
        + "<Expiration><Date>2030-01-01T00:00:00Z</Date></Expiration>")]
    [InlineData("<Expiration><ExpiredObjectDeleteMarker>true</ExpiredObjectDeleteMarker></Expiration>"
        + "<NoncurrentVersionExpiration><NoncurrentDays>1</NoncurrentDays><NewerNoncurrentVersions>100</NewerNoncurrentVersions></NoncurrentVersionExpiration>")]
    public void A_sound_rule_is_taken(string actions) => Assert.Null(FindMistake(Rule(Filter + actions)));

    private static string Rule(string content) => $"<Rule><Status>Enabled</Status>{content}</Rule>";

    private static void AssertRefused(string code, string message, string rules)
    {
        var mistake = FindMistake(rules);
        Assert.Equal((code, message), (mistake?.Code, mistake?.Message));
    }

    private static S3Error? FindMistake(string rules) => LifecycleChecks.FindMistake(LifecycleDocument.Read(
        Encoding.UTF8.GetBytes($"<LifecycleConfiguration>{rules}</LifecycleConfiguration>"),
        TransitionMinimum.AllStorageClasses128K));
}
