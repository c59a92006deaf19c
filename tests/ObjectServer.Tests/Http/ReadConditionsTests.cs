using Microsoft.AspNetCore.Http;
using ObjectServer.Http;

namespace ObjectServer.Tests.Http;

public sealed class ReadConditionsTests
{
    private const string ETag = "0123";
    private static readonly DateTimeOffset Modified = new(2026, 5, 4, 3, 2, 1, 987, TimeSpan.Zero);
    private static readonly string Same = HttpDates.Format(Modified);
    private static readonly string Before = HttpDates.Format(Modified.AddSeconds(-1));
    private static readonly string After = HttpDates.Format(Modified.AddSeconds(1));

    [Fact]
    public void No_header_is_no_condition() => Assert.Equal(ReadOutcome.Holds, Judge().Outcome);

    [Fact]
    public void If_match_holds_for_the_tag_for_a_list_with_it_and_for_the_asterisk()
    {
        Assert.Equal(ReadOutcome.Holds, Judge(("If-Match", "\"0123\"")).Outcome);
        Assert.Equal(ReadOutcome.Holds, Judge(("If-Match", "\"x\", \"0123\"")).Outcome);
        Assert.Equal(ReadOutcome.Holds, Judge(("If-Match", "*")).Outcome);
        Assert.Equal(new(ReadOutcome.Failed, "If-Match"), Judge(("If-Match", "\"x\"")));
    }

    [Fact]
    public void If_match_outranks_if_unmodified_since()
    {
        Assert.Equal(ReadOutcome.Holds, Judge(("If-Match", "\"0123\""), ("If-Unmodified-Since", Before)).Outcome);
        Assert.Equal(ReadOutcome.Failed, Judge(("If-Match", "\"x\""), ("If-Unmodified-Since", After)).Outcome);
    }

    [Fact]
    public void If_none_match_outranks_if_modified_since()
    {
        Assert.Equal(ReadOutcome.Holds, Judge(("If-None-Match", "\"x\""), ("If-Modified-Since", After)).Outcome);
        Assert.Equal(
            new(ReadOutcome.NotModified, "If-None-Match"),
            Judge(("If-None-Match", "\"0123\""), ("If-Modified-Since", Before)));
    }

    [Fact]
    public void What_fails_is_said_before_what_is_not_modified() =>
        Assert.Equal(
            new(ReadOutcome.Failed, "If-Match"),
            Judge(("If-Match", "\"x\""), ("If-None-Match", "\"0123\"")));

    [Fact]
    public void Dates_compare_to_the_second()
    {
        Assert.Equal(ReadOutcome.Holds, Judge(("If-Unmodified-Since", Same)).Outcome);
        Assert.Equal(new(ReadOutcome.Failed, "If-Unmodified-Since"), Judge(("If-Unmodified-Since", Before)));
        Assert.Equal(new(ReadOutcome.NotModified, "If-Modified-Since"), Judge(("If-Modified-Since", Same)));
        Assert.Equal(ReadOutcome.Holds, Judge(("If-Modified-Since", Before)).Outcome);
    }

    [Fact]
    public void A_date_that_is_none_is_no_condition() =>
        Assert.Equal(ReadOutcome.Holds, Judge(("If-Unmodified-Since", "long ago")).Outcome);

    [Fact]
    public void Headers_with_a_prefix_are_conditions_of_their_own()
    {
        var headers = new HeaderDictionary
        {
            ["If-Match"] = "\"x\"",
            ["x-amz-copy-source-if-none-match"] = "\"0123\"",
        };
        Assert.Equal(
            new(ReadOutcome.NotModified, "x-amz-copy-source-If-None-Match"),
            ReadConditions.Read(headers, "x-amz-copy-source-").Judge(ETag, Modified));
    }

    private static ReadVerdict Judge(params (string Name, string Value)[] sent)
    {
        var headers = new HeaderDictionary();
        foreach (var (name, value) in sent)
        {
            headers[name] = value;
        }

        return ReadConditions.Read(headers).Judge(ETag, Modified);
    }
}
