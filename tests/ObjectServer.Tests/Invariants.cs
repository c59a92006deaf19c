using System.Reflection;
using System.Runtime.CompilerServices;
using ObjectServer.Authorization;
using ObjectServer.Hosting;
using ObjectServer.Storage;

namespace ObjectServer.Tests;

/// <summary>Rules of the architecture that the compiler alone does not hold.</summary>
public sealed class Invariants
{
    private static readonly Assembly Server = typeof(ObjectServerOptions).Assembly;
    private static readonly Assembly Storage = typeof(LocalStore).Assembly;

    [Fact]
    public void Storage_knows_nothing_of_the_web() => Assert.DoesNotContain(
        Storage.GetReferencedAssemblies(),
        reference => reference.Name!.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal)
            || reference.Name.StartsWith("System.Xml", StringComparison.Ordinal));

    [Fact]
    public void Only_the_index_says_LiteDB() => Assert.All(
        Directory.GetFiles(RepositoryRoot.File("src"), "*.cs", SearchOption.AllDirectories)
            .Where(file => File.ReadAllText(file).Contains("using LiteDB", StringComparison.Ordinal)),
        file => Assert.Equal("Index", Path.GetFileName(Path.GetDirectoryName(file))));

    [Fact]
    public void Only_the_index_says_RocksDB() => Assert.All(
        Directory.GetFiles(RepositoryRoot.File("src"), "*.cs", SearchOption.AllDirectories).Where(file =>
            File.ReadAllText(file) is var text
            && (text.Contains("EntryPoint = \"rocksdb_", StringComparison.Ordinal)
                || text.Contains("using RocksDbSharp", StringComparison.Ordinal))),
        file => Assert.Equal(
            Path.Combine("Index", "Rocks"), Path.GetRelativePath(
                RepositoryRoot.File("src", "ObjectServer.Storage"), Path.GetDirectoryName(file)!)));

    [Fact]
    public void A_grant_is_made_nowhere_but_in_its_own_file() =>
        Assert.Empty(typeof(Grant).GetConstructors(BindingFlags.Instance | BindingFlags.Public));

    [Fact]
    public void Nothing_static_can_be_changed()
    {
        var fields = Server.GetTypes().Concat(Storage.GetTypes())
            .Where(type => type.GetCustomAttribute<CompilerGeneratedAttribute>() is null && type.Name[0] != '<'
                && type.DeclaringType?.Name[0] != '<')
            .SelectMany(type => type.GetFields(
                BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            .Where(field => field is { IsInitOnly: false, IsLiteral: false } && !IsGenerated(field));

        Assert.Empty(fields.Select(field => $"{field.DeclaringType}.{field.Name}"));
    }

    /// <summary>Delegates that the compiler caches.</summary>
    private static bool IsGenerated(FieldInfo field) =>
        field.GetCustomAttribute<CompilerGeneratedAttribute>() is not null || field.Name.StartsWith('<');
}
