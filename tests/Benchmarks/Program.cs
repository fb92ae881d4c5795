using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Perfolizer.Horology;
using Spaces.Benchmarks;

// Iterations shorter than a scheduler's slice, and many: on a busy machine too the best had the core for itself.
// In this process: the generated projects of the default toolchain would be built with this repository's rules.
var job = Job
    .Default.WithToolchain(InProcessEmitToolchain.Instance)
    .WithIterationTime(TimeInterval.FromMilliseconds(10))
    .WithWarmupCount(3)
    .WithIterationCount(50);
var config = ManualConfig
    .Create(DefaultConfig.Instance)
    .AddJob(job)
    .AddDiagnoser(MemoryDiagnoser.Default)
    .AddColumn(StatisticColumn.Min, StatisticColumn.Median)
    .WithArtifactsPath(Path.Combine("artifacts", "benchmarks"));
var summaries = BenchmarkSwitcher
    .FromTypes([
        typeof(SrtpProtectBenchmarks),
        typeof(SrtpUnprotectBenchmarks),
        typeof(PlatformCryptoBenchmarks),
        typeof(RoutingBenchmarks),
        typeof(RedBenchmarks),
    ])
    .Run(args.Length == 0 ? ["--filter", "*"] : args, config);
return summaries.Any(summary => summary.HasCriticalValidationErrors || summary.Reports.Any(report => !report.Success))
    ? 1
    : 0;
