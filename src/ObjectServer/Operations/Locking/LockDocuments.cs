using System.Globalization;
using ObjectServer.Errors;
using ObjectServer.Storage.Model;
using ObjectServer.Xml;

namespace ObjectServer.Operations.Locking;

/// <summary>The three documents of object lock.</summary>
/// <remarks>
/// https://docs.aws.amazon.com/AmazonS3/latest/API/API_ObjectLockConfiguration.html,
/// https://docs.aws.amazon.com/AmazonS3/latest/API/API_ObjectLockRetention.html,
/// https://docs.aws.amazon.com/AmazonS3/latest/API/API_ObjectLockLegalHold.html
/// </remarks>
internal static class LockDocuments
{
    public const int MaxXmlBytes = 16 * 1024;

    private const string Enabled = "Enabled";

    /// <summary>Reads the configuration of a bucket.</summary>
    /// <returns>The default retention; null where there is no rule.</returns>
    /// <exception cref="S3Exception">MalformedXML; InvalidRetentionPeriod.</exception>
    public static DefaultRetention? ReadConfiguration(ReadOnlyMemory<byte> document)
    {
        var configuration = S3XmlReader.Parse(document, "ObjectLockConfiguration");
        Expect(configuration, "ObjectLockEnabled", "Rule");
        if (configuration.Child("ObjectLockEnabled")?.Text != Enabled)
        {
            throw Malformed();
        }

        if (configuration.Child("Rule") is not { } rule)
        {
            return null;
        }

        Expect(rule, "DefaultRetention");
        return ReadDefault(rule.Child("DefaultRetention") ?? throw Malformed());
    }

    public static void WriteConfiguration(S3XmlWriter xml, DefaultRetention? retention)
    {
        xml.Root("ObjectLockConfiguration").Element("ObjectLockEnabled", Enabled);
        if (retention is not null)
        {
            xml.Start("Rule")
                .Start("DefaultRetention")
                .Element("Mode", LockNames.Of(retention.Mode))
                .Element(retention.IsInYears ? "Years" : "Days", retention.Count)
                .End("DefaultRetention")
                .End("Rule");
        }

        xml.End("ObjectLockConfiguration");
    }

    /// <summary>Reads a retention; null from an empty document, which ends one.</summary>
    /// <exception cref="S3Exception">MalformedXML.</exception>
    public static Retention? ReadRetention(ReadOnlyMemory<byte> document)
    {
        var retention = S3XmlReader.Parse(document, "Retention");
        Expect(retention, "Mode", "RetainUntilDate");
        return retention.Children.Count == 0
            ? null
            : new(
                LockNames.ParseMode(retention.Child("Mode")?.Text) ?? throw Malformed(),
                LockNames.ParseUntil(retention.Child("RetainUntilDate")?.Text) ?? throw Malformed());
    }

    public static void WriteRetention(S3XmlWriter xml, Retention retention) => xml
        .Root("Retention")
        .Element("Mode", LockNames.Of(retention.Mode))
        .Element("RetainUntilDate", LockNames.Of(retention.Until))
        .End("Retention");

    /// <summary>Reads whether a legal hold is to be on.</summary>
    /// <exception cref="S3Exception">MalformedXML.</exception>
    public static bool ReadHold(ReadOnlyMemory<byte> document)
    {
        var hold = S3XmlReader.Parse(document, "LegalHold");
        Expect(hold, "Status");
        return LockNames.ParseHold(hold.Child("Status")?.Text) ?? throw Malformed();
    }

    public static void WriteHold(S3XmlWriter xml, bool isOn) =>
        xml.Root("LegalHold").Element("Status", LockNames.OfHold(isOn)).End("LegalHold");

    private static DefaultRetention ReadDefault(S3XmlElement element)
    {
        Expect(element, "Mode", "Days", "Years");
        var mode = LockNames.ParseMode(element.Child("Mode")?.Text) ?? throw Malformed();
        var (count, isInYears) = (element.Child("Days")?.Text, element.Child("Years")?.Text) switch
        {
            ({ } days, null) => (days, false),
            (null, { } years) => (years, true),
            _ => throw Malformed(),
        };
        if (!int.TryParse(count, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
        {
            throw Malformed();
        }

        if (number <= 0)
        {
            throw new S3Exception(S3Errors.InvalidRetentionPeriod.Saying(
                "Default retention period must be a positive integer value."));
        }

        return number <= (isInYears ? DefaultRetention.MaxYears : DefaultRetention.MaxDays)
            ? new(mode, number, isInYears)
            : throw new S3Exception(S3Errors.InvalidRetentionPeriod.Saying(
                "Default retention period is longer than 100 years."));
    }

    /// <summary>Refuses children of other names, and two of one name.</summary>
    private static void Expect(S3XmlElement element, params ReadOnlySpan<string> names)
    {
        for (var at = 0; at < element.Children.Count; at++)
        {
            var name = element.Children[at].Name;
            if (!names.Contains(name) || !ReferenceEquals(element.Child(name), element.Children[at]))
            {
                throw Malformed();
            }
        }
    }

    private static S3Exception Malformed() => new(S3Errors.MalformedXML);
}
