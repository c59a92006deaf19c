using ObjectServer.Iam;
using ObjectServer.Identity;
using ObjectServer.Tests.Identity;

namespace ObjectServer.Tests.Iam;

public sealed class IamOperationsTests
{
    [Fact]
    public async Task Every_operation_is_served_or_refused_by_name_and_none_is_both()
    {
        await using var rig = await DirectoryRig.OpenAsync();
        var uses = await KeyUses.OpenAsync(rig.Store.Documents, "us-east-1", TestContext.Current.CancellationToken);
        var api = IamOperations.Over(rig.Directory, uses);

        // 176 is how many operations AWS's model of 2010-05-08 has in November 2026.
        Assert.Equal(176, api.Operations.Count() + api.Unserved.Count());
        Assert.DoesNotContain(api.Operations, operation => api.IsUnserved(operation.Name));
    }
}
