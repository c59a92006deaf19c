using System.Reflection;

namespace ObjectServer.Allocations;

public sealed class FileTests
{
    [Fact]
    public void The_file_has_one_line_for_each_measured_path_and_no_other()
    {
        var measured = typeof(FileTests).Assembly.GetTypes()
            .Where(type => type != typeof(FileTests))
            .SelectMany(type => type.GetMethods())
            .Where(method => method.GetCustomAttribute<FactAttribute>() is not null)
            .Select(method => method.Name)
            .Order(StringComparer.Ordinal);

        Assert.Equal(measured, AllocationFile.Read().Keys);
    }
}
