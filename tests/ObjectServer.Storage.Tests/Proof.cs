namespace ObjectServer.Storage.Tests;

/// <summary>
/// How long the proofs run: seconds each as a rule, ten times as much with <c>OBJECTSERVER_PROOF=nightly</c>.
/// </summary>
internal static class Proof
{
    public static bool IsNightly => Environment.GetEnvironmentVariable("OBJECTSERVER_PROOF") == "nightly";

    public static int Times(int usual) => IsNightly ? usual * 10 : usual;
}
