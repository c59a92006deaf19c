using System.Globalization;
using System.Text;
using ObjectServer.Errors;
using ObjectServer.Http;
using ObjectServer.Storage.Model;
using ObjectServer.Xml;

namespace ObjectServer.Lifecycle;

/// <summary>The document that carries the rules: read from requests and from what is kept, written to that and answers.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketLifecycleConfiguration.html</remarks>
internal static class LifecycleDocument
{
    /// <summary>A thousand rules, each with a long id, a long prefix and ten tags.</summary>
    public const int MaxBytes = 8 << 20;

    private const string Root = "LifecycleConfiguration";

    /// <summary>What is kept says this too; requests and answers say it in a header.</summary>
    private const string MinimumElement = "TransitionDefaultMinimumObjectSize";

    /// <summary>Reads a request's document. What the rules say is not judged; a rule without an id is given one.</summary>
    /// <exception cref="S3Exception">MalformedXML.</exception>
    public static LifecycleConfiguration Read(ReadOnlyMemory<byte> document, TransitionMinimum minimum) =>
        Read(S3XmlReader.Parse(document, Root).Children, minimum);

    /// <summary>Reads what is kept.</summary>
    /// <exception cref="S3Exception">MalformedXML.</exception>
    public static LifecycleConfiguration ReadKept(ReadOnlyMemory<byte> document)
    {
        var root = S3XmlReader.Parse(document, Root);
        var minimum = root.Child(MinimumElement) is { } said ? LifecycleConfiguration.ParseMinimum(said.Text) : null;
        return Read(
            root.Children.Where(child => child.Name != MinimumElement),
            minimum ?? TransitionMinimum.AllStorageClasses128K);
    }

    /// <summary>Writes it as it is kept.</summary>
    public static void WriteKept(S3XmlWriter xml, LifecycleConfiguration configuration)
    {
        xml.Root(Root).Element(MinimumElement, configuration.MinimumName);
        WriteRules(xml, configuration);
    }

    /// <summary>Writes it from its root on.</summary>
    public static void Write(S3XmlWriter xml, LifecycleConfiguration configuration)
    {
        xml.Root(Root);
        WriteRules(xml, configuration);
    }

    private static LifecycleConfiguration Read(IEnumerable<S3XmlElement> rules, TransitionMinimum minimum) => new(
        [.. rules.Select(rule => rule.Name == "Rule" ? ReadRule(rule) : throw Malformed())], minimum);

    private static LifecycleRule ReadRule(S3XmlElement element)
    {
        var once = new Once(element);
        var prefix = once.Text("Prefix");
        var filter = once.Element("Filter");
        if (prefix is null == filter is null)
        {
            throw Malformed();
        }

        var rule = new LifecycleRule
        {
            Id = once.Text("ID") is { Length: > 0 } id ? id : NewId(),
            IsEnabled = once.Text("Status") switch
            {
                "Enabled" => true,
                "Disabled" => false,
                _ => throw Malformed(),
            },
            Filter = filter is null ? new(FilterForm.RulePrefix) { Prefix = prefix } : ReadFilter(filter),
            Expiration = once.Element("Expiration") is { } expiration ? ReadExpiration(expiration) : null,
            Transitions = [.. once.All("Transition").Select(ReadTransition)],
            NoncurrentExpiration = once.Element("NoncurrentVersionExpiration") is { } noncurrent
                ? ReadNoncurrentExpiration(noncurrent)
                : null,
            NoncurrentTransitions = [.. once.All("NoncurrentVersionTransition").Select(ReadNoncurrentTransition)],
            AbortDays = once.Element("AbortIncompleteMultipartUpload") is { } abort ? ReadAbort(abort) : null,
        };
        once.DemandNothingElse();
        return rule;
    }

    private static LifecycleFilter ReadFilter(S3XmlElement element)
    {
        var once = new Once(element);
        if (element.Children.Count > 1)
        {
            throw Malformed();
        }

        if (once.Element("And") is not { } and)
        {
            return ReadConditions(once, new(FilterForm.Single));
        }

        // One condition needs no And.
        return and.Children.Count > 1 ? ReadConditions(new(and), new(FilterForm.And)) : throw Malformed();
    }

    private static LifecycleFilter ReadConditions(Once once, LifecycleFilter filter)
    {
        var read = filter with
        {
            Prefix = once.Text("Prefix"),
            Tags = [.. once.All("Tag").Select(ReadTag)],
            LargerThan = once.Long("ObjectSizeGreaterThan"),
            SmallerThan = once.Long("ObjectSizeLessThan"),
        };
        once.DemandNothingElse();
        return read;
    }

    private static Tag ReadTag(S3XmlElement element)
    {
        var once = new Once(element);
        var tag = new Tag(once.Text("Key") is { Length: > 0 } key ? key : throw Malformed(), once.Text("Value") ?? "");
        once.DemandNothingElse();
        return tag;
    }

    private static LifecycleExpiration ReadExpiration(S3XmlElement element)
    {
        var once = new Once(element);
        var expiration = new LifecycleExpiration
        {
            Days = once.Int("Days"),
            Date = once.Date("Date"),
            LoneMarkers = once.Flag("ExpiredObjectDeleteMarker"),
        };
        once.DemandNothingElse();
        return element.Children.Count == 1 ? expiration : throw Malformed();
    }

    private static LifecycleTransition ReadTransition(S3XmlElement element)
    {
        var once = new Once(element);
        var transition = new LifecycleTransition(ReadClass(once)) { Days = once.Int("Days"), Date = once.Date("Date") };
        once.DemandNothingElse();
        return transition.Days is null != transition.Date is null ? transition : throw Malformed();
    }

    private static NoncurrentExpiration ReadNoncurrentExpiration(S3XmlElement element)
    {
        var once = new Once(element);
        var expiration = new NoncurrentExpiration(
            once.Int("NoncurrentDays") ?? throw Malformed(), once.Int("NewerNoncurrentVersions"));
        once.DemandNothingElse();
        return expiration;
    }

    private static NoncurrentTransition ReadNoncurrentTransition(S3XmlElement element)
    {
        var once = new Once(element);
        var transition = new NoncurrentTransition(
            ReadClass(once), once.Int("NoncurrentDays") ?? throw Malformed(), once.Int("NewerNoncurrentVersions"));
        once.DemandNothingElse();
        return transition;
    }

    private static int ReadAbort(S3XmlElement element)
    {
        var once = new Once(element);
        var days = once.Int("DaysAfterInitiation") ?? throw Malformed();
        once.DemandNothingElse();
        return days;
    }

    private static string ReadClass(Once once) =>
        once.Text("StorageClass") is { } named && LifecycleClasses.All.Contains(named) ? named : throw Malformed();

    /// <summary>Forty-eight characters, as AWS makes them.</summary>
    private static string NewId() => Convert.ToBase64String(Encoding.ASCII.GetBytes(Guid.NewGuid().ToString("D")));

    private static void WriteRules(S3XmlWriter xml, LifecycleConfiguration configuration)
    {
        foreach (var rule in configuration.Rules)
        {
            WriteRule(xml.Start("Rule"), rule);
            xml.End("Rule");
        }

        xml.End(Root);
    }

    private static void WriteRule(S3XmlWriter xml, LifecycleRule rule)
    {
        xml.Element("ID", rule.Id);
        WriteFilter(xml, rule.Filter);
        xml.Element("Status", rule.IsEnabled ? "Enabled" : "Disabled");
        if (rule.Expiration is { } expiration)
        {
            xml.Start("Expiration");
            WriteWhen(xml, expiration.Days, expiration.Date);
            if (expiration.LoneMarkers is { } loneMarkers)
            {
                xml.Element("ExpiredObjectDeleteMarker", loneMarkers);
            }

            xml.End("Expiration");
        }

        foreach (var transition in rule.Transitions)
        {
            WriteWhen(xml.Start("Transition"), transition.Days, transition.Date);
            xml.Element("StorageClass", transition.StorageClass).End("Transition");
        }

        foreach (var transition in rule.NoncurrentTransitions)
        {
            WriteNoncurrent(xml.Start("NoncurrentVersionTransition"), transition.Days, transition.Kept);
            xml.Element("StorageClass", transition.StorageClass).End("NoncurrentVersionTransition");
        }

        if (rule.NoncurrentExpiration is { } noncurrent)
        {
            WriteNoncurrent(xml.Start("NoncurrentVersionExpiration"), noncurrent.Days, noncurrent.Kept);
            xml.End("NoncurrentVersionExpiration");
        }

        if (rule.AbortDays is { } days)
        {
            xml.Start("AbortIncompleteMultipartUpload")
                .Element("DaysAfterInitiation", days)
                .End("AbortIncompleteMultipartUpload");
        }
    }

    private static void WriteFilter(S3XmlWriter xml, LifecycleFilter filter)
    {
        switch (filter.Form)
        {
            case FilterForm.RulePrefix:
                xml.Element("Prefix", filter.Prefix);
                break;
            case FilterForm.Single:
                WriteConditions(xml.Start("Filter"), filter);
                xml.End("Filter");
                break;
            case FilterForm.And:
                WriteConditions(xml.Start("Filter").Start("And"), filter);
                xml.End("And").End("Filter");
                break;
        }
    }

    private static void WriteConditions(S3XmlWriter xml, LifecycleFilter filter)
    {
        xml.Element("Prefix", filter.Prefix);
        foreach (var tag in filter.Tags)
        {
            xml.Start("Tag").Element("Key", tag.Key).Element("Value", tag.Value).End("Tag");
        }

        if (filter.LargerThan is { } larger)
        {
            xml.Element("ObjectSizeGreaterThan", larger);
        }

        if (filter.SmallerThan is { } smaller)
        {
            xml.Element("ObjectSizeLessThan", smaller);
        }
    }

    private static void WriteWhen(S3XmlWriter xml, int? days, DateTimeOffset? date)
    {
        if (days is { } count)
        {
            xml.Element("Days", count);
        }

        if (date is { } time)
        {
            xml.Element("Date", time);
        }
    }

    private static void WriteNoncurrent(S3XmlWriter xml, int days, int? kept)
    {
        xml.Element("NoncurrentDays", days);
        if (kept is { } count)
        {
            xml.Element("NewerNoncurrentVersions", count);
        }
    }

    private static S3Exception Malformed() => new(S3Errors.MalformedXML);

    /// <summary>The children of an element, each of which may be there once unless it is asked for as many.</summary>
    private sealed class Once(S3XmlElement element)
    {
        private int _taken;

        public S3XmlElement? Element(string name)
        {
            var all = All(name);
            return all.Count <= 1 ? all.FirstOrDefault() : throw Malformed();
        }

        public List<S3XmlElement> All(string name)
        {
            var all = element.All(name).ToList();
            _taken += all.Count;
            return all;
        }

        public string? Text(string name) =>
            Element(name) is not { } found ? null
            : found.Children.Count == 0 ? found.Text
            : throw Malformed();

        public int? Int(string name) => Long(name) is not { } number ? null
            : number is >= int.MinValue and <= int.MaxValue ? (int)number
            : throw Malformed();

        public long? Long(string name) => Text(name) is not { } text ? null
            : long.TryParse(text.AsSpan().Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
                ? number
                : throw Malformed();

        public bool? Flag(string name) => Text(name)?.Trim() switch
        {
            null => null,
            "true" => true,
            "false" => false,
            _ => throw Malformed(),
        };

        public DateTimeOffset? Date(string name) => Text(name)?.Trim() is not { } text ? null
            : HttpDates.TryParseIso8601(text, out var time)
                || DateTimeOffset.TryParseExact(
                    text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time)
                ? time
                : throw Malformed();

        public void DemandNothingElse()
        {
            if (_taken != element.Children.Count)
            {
                throw Malformed();
            }
        }
    }
}
