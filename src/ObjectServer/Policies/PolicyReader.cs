using System.Collections.Immutable;
using System.Text;
using System.Text.Json;

namespace ObjectServer.Policies;

/// <summary>Reads policy documents: bounded JSON, every field known, no field twice.</summary>
/// <remarks>https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html</remarks>
internal ref struct PolicyReader
{
    /// <summary>A policy nests seven deep at most; what nests a little deeper is refused in better words.</summary>
    private const int MaxDepth = 12;

    private const string Version2008 = "2008-10-17";
    private const string Version2012 = "2012-10-17";

    private readonly PolicyKind _kind;
    private Utf8JsonReader _json;
    private PolicyPlace _place;
    private bool _hasVariables;

    private PolicyReader(ReadOnlySpan<byte> json, PolicyKind kind)
    {
        _kind = kind;
        _place = new(kind);
        _json = new(json, new JsonReaderOptions { MaxDepth = MaxDepth });
    }

    private readonly bool NamesPrincipals => _kind is PolicyKind.Resource or PolicyKind.Trust;

    /// <summary>Reads a document.</summary>
    /// <exception cref="PolicyException">It is no policy of that kind.</exception>
    public static PolicyDocument Read(ReadOnlySpan<byte> json, PolicyKind kind, int maxBytes)
    {
        var place = new PolicyPlace(kind);
        if (json.Length > maxBytes)
        {
            throw place.TooLarge();
        }

        if (json is not [(byte)'{', ..])
        {
            throw place.InvalidJson();
        }

        try
        {
            // Variables depend on the version, which may come last.
            var version = new PolicyReader(json, kind).FindVersion();
            return new PolicyReader(json, kind) { _hasVariables = version == Version2012 }.ReadDocument(version, json);
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException)
        {
            // The second: text that is no Unicode, e.g. half a surrogate pair behind \u.
            throw place.InvalidJson();
        }
    }

    /// <summary>The version of a document, which on the way is read to its end.</summary>
    private string FindVersion()
    {
        var version = Version2008;
        Next();
        while (NextProperty(out var name))
        {
            if (name != "Version")
            {
                _json.Skip();
                continue;
            }

            version = _json.TokenType == JsonTokenType.String ? _json.GetString()! : "";
            if (version is not (Version2008 or Version2012))
            {
                throw (_place with { Element = "Version" }).InvalidVersion();
            }
        }

        if (_json.Read())
        {
            throw _place.InvalidJson();
        }

        return version;
    }

    private PolicyDocument ReadDocument(string version, ReadOnlySpan<byte> json)
    {
        string? id = null;
        ImmutableArray<PolicyStatement>? statements = null;
        var seen = new List<string>(3);
        Next();
        while (NextProperty(out var name))
        {
            _place = new PolicyPlace(_kind) { Element = name };
            Once(seen, name);
            switch (name)
            {
                case "Version":
                    break;
                case "Id" when NamesPrincipals:
                    id = String();
                    break;
                case "Statement":
                    statements = ReadStatements();
                    break;
                default:
                    throw _place.Unknown(name);
            }
        }

        _place = new(_kind);
        return new()
        {
            Kind = _kind,
            Id = id,
            Version = version,
            Statements = statements ?? throw _place.Missing("Statement"),
            Characters = CountCharacters(json),
        };
    }

    private ImmutableArray<PolicyStatement> ReadStatements()
    {
        var statements = ImmutableArray.CreateBuilder<PolicyStatement>();
        if (_json.TokenType == JsonTokenType.StartArray)
        {
            while (Next() != JsonTokenType.EndArray)
            {
                statements.Add(ReadStatement(statements.Count));
            }
        }
        else
        {
            statements.Add(ReadStatement(0));
        }

        if (statements.Count == 0)
        {
            throw _place.EmptyStatement();
        }

        var sids = new HashSet<string>(StringComparer.Ordinal);
        foreach (var statement in statements)
        {
            if (statement.Sid is { Length: > 0 } sid && !sids.Add(sid))
            {
                throw new PolicyPlace(_kind, statement.Index, sid, "Sid").DuplicateSid();
            }
        }

        return statements.DrainToImmutable();
    }

    private PolicyStatement ReadStatement(int index)
    {
        if (_json.TokenType != JsonTokenType.StartObject)
        {
            throw _place.InvalidSyntax();
        }

        var whole = new PolicyPlace(_kind, index);
        string? sid = null;
        PolicyEffect? effect = null;
        ImmutableArray<PrincipalPattern>? principals = null;
        ImmutableArray<PolicyPattern>? actions = null;
        ImmutableArray<PolicyPattern>? resources = null;
        var conditions = ImmutableArray<PolicyCondition>.Empty;
        bool isNotPrincipal = false, isNotAction = false, isNotResource = false;
        var seen = new List<string>(8);
        while (NextProperty(out var name))
        {
            _place = whole with { Sid = sid, Element = name };
            Once(seen, name);
            switch (name)
            {
                case "Sid":
                    sid = ReadSid();
                    break;
                case "Effect":
                    effect = ReadEffect();
                    break;
                case "Principal" or "NotPrincipal" when !NamesPrincipals:
                    throw _place.Prohibited(name);
                case "Principal" or "NotPrincipal":
                    OneOf(principals is null);
                    isNotPrincipal = name == "NotPrincipal";
                    principals = ReadPrincipals();
                    break;
                case "Action" or "NotAction":
                    OneOf(actions is null);
                    isNotAction = name == "NotAction";
                    actions = ReadActions();
                    break;
                case "Resource" or "NotResource" when _kind == PolicyKind.Trust:
                    throw _place.Prohibited(name);
                case "Resource" or "NotResource":
                    OneOf(resources is null);
                    isNotResource = name == "NotResource";
                    resources = ReadResources();
                    break;
                case "Condition":
                    conditions = ReadConditions();
                    break;
                default:
                    throw _place.Unknown(name);
            }
        }

        _place = whole with { Sid = sid };
        return new()
        {
            Index = index,
            Sid = sid,
            Effect = effect ?? throw _place.Missing("Effect"),
            IsNotPrincipal = isNotPrincipal,
            Principals = principals ?? (NamesPrincipals ? throw _place.Missing("Principal") : []),
            IsNotAction = isNotAction,
            Actions = actions ?? throw _place.Missing("Action"),
            IsNotResource = isNotResource,
            Resources = resources ?? (_kind == PolicyKind.Trust ? [] : throw _place.Missing("Resource")),
            Conditions = conditions,
        };
    }

    private string ReadSid()
    {
        var sid = String();
        if (_kind != PolicyKind.Resource && !sid.All(char.IsAsciiLetterOrDigit))
        {
            throw _place.InvalidSid();
        }

        return sid;
    }

    private PolicyEffect ReadEffect() => String() switch
    {
        "Allow" => PolicyEffect.Allow,
        "Deny" => PolicyEffect.Deny,
        var other => throw _place.InvalidEffect(other),
    };

    private ImmutableArray<PrincipalPattern> ReadPrincipals()
    {
        if (_json.TokenType == JsonTokenType.String)
        {
            var name = _json.GetString()!;
            return name == "*" ? [PrincipalPattern.Everybody] : throw _place.InvalidPrincipal("AWS", name);
        }

        if (_json.TokenType != JsonTokenType.StartObject)
        {
            throw _place.InvalidSyntax();
        }

        var principals = ImmutableArray.CreateBuilder<PrincipalPattern>();
        var seen = new List<string>(4);
        while (NextProperty(out var type))
        {
            Once(seen, type);
            if (type is not ("AWS" or "CanonicalUser" or "Federated" or "Service")
                || (type == "CanonicalUser" && _kind != PolicyKind.Resource))
            {
                throw _place.InvalidPrincipal(type, "");
            }

            foreach (var name in Strings())
            {
                principals.Add(PrincipalPattern.Parse(type, name) ?? throw _place.InvalidPrincipal(type, name));
            }
        }

        return principals.Count > 0 ? principals.DrainToImmutable() : throw _place.InvalidPrincipal("AWS", "");
    }

    private ImmutableArray<PolicyPattern> ReadActions()
    {
        var actions = ImmutableArray.CreateBuilder<PolicyPattern>();
        foreach (var action in Strings())
        {
            actions.Add(ActionPattern.Compile(action, _place));
        }

        return actions.Count > 0 ? actions.DrainToImmutable() : throw _place.Missing("Action");
    }

    private ImmutableArray<PolicyPattern> ReadResources()
    {
        var resources = ImmutableArray.CreateBuilder<PolicyPattern>();
        var options = PatternOptions.Wildcards | (_hasVariables ? PatternOptions.Variables : PatternOptions.None);
        foreach (var resource in Strings())
        {
            if (resource != "*" && !IsArn(resource))
            {
                throw _place.InvalidResource(resource);
            }

            resources.Add(PolicyPattern.Compile(resource, options));
        }

        return resources.Count > 0
            ? resources.DrainToImmutable()
            : throw _place.Missing("Resource");
    }

    /// <summary>
    /// Six parts, of which a star at the end may take the last ones. Variables stand in the last part alone, and the
    /// service is named without wildcards.
    /// </summary>
    private readonly bool IsArn(string text)
    {
        var whole = text.EndsWith('*') ? text + ":*:*" : text;
        return ArnPattern.Split(whole, _hasVariables) is ["arn", { Length: > 0 } partition, { Length: > 0 } service,
                var region, var account, { Length: > 0 }]
            && !service.AsSpan().ContainsAny('*', '?')
            && !(_hasVariables && $"{partition}{service}{region}{account}".Contains('$'));
    }

    private ImmutableArray<PolicyCondition> ReadConditions()
    {
        if (_json.TokenType != JsonTokenType.StartObject)
        {
            throw _place.InvalidSyntax();
        }

        var conditions = ImmutableArray.CreateBuilder<PolicyCondition>();
        var operators = new List<string>(2);
        while (NextProperty(out var name))
        {
            Once(operators, name);
            var parsed = ConditionOperator.Parse(name) ?? throw _place.InvalidOperator(name);
            if (_json.TokenType != JsonTokenType.StartObject)
            {
                throw _place.InvalidSyntax();
            }

            var keys = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
            while (NextProperty(out var key))
            {
                if (!keys.Add(key))
                {
                    throw _place.InvalidSyntax();
                }

                if (key.IndexOf(':') <= 0 || key[^1] == ':')
                {
                    throw _place.InvalidKey();
                }

                conditions.Add(ReadCondition(name, parsed, key));
            }
        }

        return conditions.DrainToImmutable();
    }

    private PolicyCondition ReadCondition(string name, ConditionOperator parsed, string key)
    {
        var values = Values();
        if (values.Count == 0)
        {
            throw _place.InvalidSyntax();
        }

        if (parsed.Comparison == ConditionComparison.Null)
        {
            return new(name, parsed, key, [])
            {
                HoldsIfMissing = values.Exists(value => value.Equals("true", StringComparison.OrdinalIgnoreCase)),
                HoldsIfPresent = values.Exists(value => value.Equals("false", StringComparison.OrdinalIgnoreCase)),
            };
        }

        var tests = ImmutableArray.CreateBuilder<ConditionTest>(values.Count);
        foreach (var value in values)
        {
            tests.Add(ConditionTest.Compile(parsed.Comparison, value, _hasVariables));
        }

        return new(name, parsed, key, tests.DrainToImmutable());
    }

    private JsonTokenType Next() => _json.Read() ? _json.TokenType : throw _place.InvalidJson();

    /// <summary>Moves to the value of the next property of an object; false at its end.</summary>
    private bool NextProperty(out string name)
    {
        if (Next() == JsonTokenType.EndObject)
        {
            name = "";
            return false;
        }

        name = _json.GetString()!;
        Next();
        return true;
    }

    private readonly void Once(List<string> seen, string name)
    {
        OneOf(!seen.Contains(name));
        seen.Add(name);
    }

    private readonly void OneOf(bool isFirst)
    {
        if (!isFirst)
        {
            throw _place.InvalidSyntax();
        }
    }

    private readonly string String() =>
        _json.TokenType == JsonTokenType.String ? _json.GetString()! : throw _place.InvalidSyntax();

    /// <summary>One text, or an array of them.</summary>
    private List<string> Strings()
    {
        if (_json.TokenType != JsonTokenType.StartArray)
        {
            return [String()];
        }

        var strings = new List<string>();
        while (Next() != JsonTokenType.EndArray)
        {
            strings.Add(String());
        }

        return strings;
    }

    /// <summary>One text, number or truth value, or an array of them.</summary>
    private List<string> Values()
    {
        if (_json.TokenType != JsonTokenType.StartArray)
        {
            return [Value()];
        }

        var values = new List<string>();
        while (Next() != JsonTokenType.EndArray)
        {
            values.Add(Value());
        }

        return values;
    }

    private readonly string Value() => _json.TokenType switch
    {
        JsonTokenType.String => _json.GetString()!,
        JsonTokenType.Number => Encoding.ASCII.GetString(_json.ValueSpan),
        JsonTokenType.True => "true",
        JsonTokenType.False => "false",
        _ => throw _place.InvalidSyntax(),
    };

    /// <summary>Characters that are no white space, as IAM's quotas count them.</summary>
    private static int CountCharacters(ReadOnlySpan<byte> json)
    {
        var count = 0;
        foreach (var unit in json)
        {
            // Bytes that continue a character do not count.
            count += unit is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n' || (unit & 0xC0) == 0x80 ? 0 : 1;
        }

        return count;
    }
}
