using BenchmarkDotNet.Running;
using ObjectServer.Bench.Micro;

// dotnet run -c Release --project bench/Micro -- --filter '*Signatures*'
var summaries = BenchmarkSwitcher.FromAssembly(typeof(MicroConfig).Assembly).Run(args, new MicroConfig());
return summaries.All(summary => summary.Reports.All(report => report.Success)) ? 0 : 1;
