using System.Collections.Immutable;

namespace ObjectServer.Identity;

/// <summary>All that an account has. Immutable; names are found in any case, and stand in their order.</summary>
internal sealed record AccountIdentities
{
    public required Account Account { get; init; }

    public ImmutableSortedDictionary<string, User> Users { get; init; } = None<User>();

    public ImmutableSortedDictionary<string, Group> Groups { get; init; } = None<Group>();

    public ImmutableSortedDictionary<string, Role> Roles { get; init; } = None<Role>();

    public ImmutableSortedDictionary<string, ManagedPolicy> Policies { get; init; } = None<ManagedPolicy>();

    /// <summary>By their issuers without scheme.</summary>
    public ImmutableSortedDictionary<string, OidcProvider> OidcProviders { get; init; } = None<OidcProvider>();

    public ImmutableSortedDictionary<string, MfaDevice> MfaDevices { get; init; } = None<MfaDevice>();

    /// <summary>The name of the user, group or role that has a unique id.</summary>
    public ImmutableDictionary<string, string> NamesById { get; init; } =
        ImmutableDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>The ids of a user's access keys, by the user's unique id; the root's under no id at all.</summary>
    public ImmutableDictionary<string, ImmutableSortedSet<string>> KeyIds { get; init; } =
        ImmutableDictionary.Create<string, ImmutableSortedSet<string>>(StringComparer.Ordinal);

    public User? FindUserById(string id) =>
        NamesById.TryGetValue(id, out var name) ? Users.GetValueOrDefault(name) : null;

    public Group? FindGroupById(string id) =>
        NamesById.TryGetValue(id, out var name) ? Groups.GetValueOrDefault(name) : null;

    public Role? FindRoleById(string id) =>
        NamesById.TryGetValue(id, out var name) ? Roles.GetValueOrDefault(name) : null;

    /// <summary>The groups of a user, in the order of their names.</summary>
    public IEnumerable<Group> GroupsOf(User user) => user.Groups
        .Select(FindGroupById)
        .OfType<Group>()
        .OrderBy(group => group.Name, StringComparer.OrdinalIgnoreCase);

    /// <summary>The users in a group, in the order of their names.</summary>
    public IEnumerable<User> UsersIn(Group group) => Users.Values.Where(user => user.Groups.Contains(group.Id));

    /// <summary>The ids of the access keys of a user, or of the root.</summary>
    /// <param name="userId">The user's unique id; null for the root.</param>
    public IEnumerable<string> KeyIdsOf(string? userId) =>
        KeyIds.GetValueOrDefault(userId ?? "") ?? Enumerable.Empty<string>();

    /// <summary>The devices that are assigned to a user, or to the root.</summary>
    /// <param name="userId">The user's unique id; null for the root.</param>
    public IEnumerable<MfaDevice> MfaDevicesOf(string? userId) =>
        MfaDevices.Values.Where(device => device.Enabled is not null && device.UserId == userId);

    /// <summary>Everything that policies can be attached to.</summary>
    public IEnumerable<PolicyHolder> Holders => [.. Users.Values, .. Groups.Values, .. Roles.Values];

    private static ImmutableSortedDictionary<string, T> None<T>() =>
        ImmutableSortedDictionary.Create<string, T>(StringComparer.OrdinalIgnoreCase);
}
