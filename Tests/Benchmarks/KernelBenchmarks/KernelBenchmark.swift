import Benchmark
import Kernels

/// What one pass through a kernel does; a benchmark tells how much of it is done in a second.
enum Work {
  /// Multiplications and additions, of whatever the factors are rounded to.
  case operations(Int)
  /// Rows of a matrix that are changed or compared.
  case rows(Int)

  /// A thousandth of the rate in `Scripts/bench-kernels`' table: the library keeps whole numbers.
  fileprivate var metric: BenchmarkMetric {
    switch self {
    case .operations: .custom("MFLOP/s", polarity: .prefersLarger, useScalingFactor: false)
    case .rows: .custom("krow/s", polarity: .prefersLarger, useScalingFactor: false)
    }
  }

  /// What the metric counts that is done in some seconds.
  fileprivate func rate(passes: Int, in time: Duration) -> Int {
    let (amount, unit) =
      switch self {
      case .operations(let count): (count, 1e6)
      case .rows(let count): (count, 1e3)
      }
    return Int(Double(amount * passes) / (time / .seconds(1)) / unit)
  }

  /// A pass of a few microseconds is repeated: reading the clock takes time too.
  fileprivate var scalingFactor: BenchmarkScalingFactor {
    if case .operations(let count) = self, count < 2_000_000 { .kilo } else { .one }
  }
}

/// Registers a benchmark of a kernel, on one thread.
///
/// - Parameters:
///   - kernel: its name and the shape it works on, a row of the table.
///   - set: what it is compiled for, a column of the table.
///   - prepare: makes the memory that the pass it returns works on. The library registers all benchmarks in the process
///     of each, so this is not called before the benchmark runs.
func register(
  _ kernel: String, _ set: KernelSet, _ work: Work, prepare: @escaping () -> () -> Void
) {
  var pass = {}
  Benchmark(
    "\(kernel): \(set)",
    configuration: .init(
      metrics: [work.metric, .wallClock], scalingFactor: work.scalingFactor,
      maxDuration: .milliseconds(500)),
    closure: { benchmark in
      let start = ContinuousClock.now
      for _ in benchmark.scaledIterations { pass() }
      let time = ContinuousClock.now - start
      let passes = benchmark.scaledIterations.count
      benchmark.measurement(work.metric, work.rate(passes: passes, in: time))
    },
    setup: { pass = prepare() })
}
