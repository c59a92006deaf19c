namespace ObjectServer.Policies;

/// <summary>Actions as a statement names them: a service and a name, with wildcards, case ignored.</summary>
internal static class ActionPattern
{
    /// <summary>Compiles an action.</summary>
    /// <exception cref="PolicyException">It has no vendor, two colons, or characters that no action has.</exception>
    public static PolicyPattern Compile(string text, PolicyPlace place)
    {
        if (text != "*")
        {
            var colon = text.IndexOf(':');
            if (colon <= 0)
            {
                throw place.WithoutVendor();
            }

            if (text.IndexOf(':', colon + 1) >= 0)
            {
                throw place.TwoColons();
            }

            var vendor = text[..colon];
            if (vendor != "*" && !vendor.All(c => char.IsAsciiLetterOrDigit(c) || c == '-'))
            {
                throw place.InvalidVendor(vendor);
            }

            if (colon == text.Length - 1 || !text.AsSpan(colon + 1).ContainsOnly())
            {
                throw place.InvalidAction();
            }

            if (place.Kind == PolicyKind.Trust && !vendor.Equals("sts", StringComparison.OrdinalIgnoreCase))
            {
                throw place.NotForTrust();
            }
        }
        else if (place.Kind == PolicyKind.Trust)
        {
            throw place.NotForTrust();
        }

        return PolicyPattern.Compile(text, PatternOptions.Wildcards | PatternOptions.IgnoreCase);
    }

    private static bool ContainsOnly(this ReadOnlySpan<char> name)
    {
        foreach (var c in name)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('*' or '?' or '-' or '_' or '.'))
            {
                return false;
            }
        }

        return true;
    }
}
