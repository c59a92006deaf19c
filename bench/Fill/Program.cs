using System.CommandLine;
using System.Globalization;
using ObjectServer.Bench.Fill;
using ObjectServer.Storage.Index;

var data = new Option<string>("--data") { Description = "data directory of a stopped server", Required = true };
var index = new Option<string?>("--index")
{
    Description = "litedb or rocksdb; else what made the index that is there",
};
index.AcceptOnlyFromAmong("litedb", "rocksdb");
var bucket = new Option<string>("--bucket")
{
    Description = "a bucket that is there; the objects are its owner's",
    DefaultValueFactory = _ => "load",
};
var prefix = new Option<string>("--prefix")
{
    Description = "what every key begins with",
    DefaultValueFactory = _ => "load/",
};
var first = NumberOption("--first", "number of the first object, to go on where an earlier fill ended", 0);
var objects = NumberOption("--objects", "how many objects", 1_000_000);
var size = NumberOption("--size", "bytes of each object", 100);
var writers = NumberOption("--writers", "how many objects are being put at a time", 512);

var root = new RootCommand("Puts objects into a store without HTTP, so that millions are there soon; keys are load's.")
{
    data, index, bucket, prefix, first, objects, size, writers,
};
root.SetAction(async parsed =>
{
    var plan = new FillPlan(
        parsed.GetRequiredValue(data),
        parsed.GetValue(index) is { } engine ? IndexEngineNames.Parse(engine) : null,
        parsed.GetRequiredValue(bucket),
        parsed.GetRequiredValue(prefix),
        parsed.GetValue(first),
        parsed.GetValue(objects),
        parsed.GetValue(size),
        parsed.GetValue(writers));
    var elapsed = await new FillRun(plan, Console.Error).RunAsync();
    Console.Out.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{plan.Objects} objects in {elapsed.TotalSeconds:F1} s, {plan.Objects / elapsed.TotalSeconds:F0}/s"));
});
return await root.Parse(args).InvokeAsync();

static Option<int> NumberOption(string name, string description, int usual) =>
    new(name) { Description = description, DefaultValueFactory = _ => usual };
