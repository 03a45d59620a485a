import ArgumentParser
import Embed

/// `embed bench`: how quick a model is on this machine.
struct BenchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Measure a model on this machine: texts a second, time of one text, memory.",
    discussion: """
      One sentence is embedded many times, alone; then all texts are embedded several times, of \
      which the median counts. Of a local model, the stages of the work are timed on one thread, and its \
      products are held against the most that the thread could compute.

      EXAMPLES:
        embed bench -i texts.txt
        embed bench -i texts.txt --threads 1 --engine openblas
        embed bench -i texts.txt -f json
      """)

  @OptionGroup var input: InputOptions
  @OptionGroup var model: ModelOptions

  @Option(help: ArgumentHelp("How often all texts are embedded.", valueName: "count"))
  var rounds = 3

  @Option(help: ArgumentHelp("How often one sentence is embedded.", valueName: "count"))
  var queries = 200

  @Option(name: .shortAndLong, help: "Lines for people, or a JSON object.")
  var format: ReportFormat = .text

  @OptionGroup var runtime: RuntimeOptions

  func validate() throws {
    for (name, value) in [("--rounds", rounds), ("--queries", queries)] where value < 1 {
      throw ValidationError("\(name): expected a whole number from 1, got \(value)")
    }
  }

  func run() async throws {
    let address = try runtime.applied(to: model.address())
    var records = try input.records()
    var texts: [String] = []
    while let window = try records.nextWindow() { texts += window.map(\.text) }
    guard !texts.isEmpty else {
      throw EmbedError(
        .invalidInput, "nothing to measure", expected: "at least one text", got: "none")
    }
    let clock = ContinuousClock()
    let start = clock.now
    let embedder = try await EmbedderRegistry.everyBackend.embedder(address)
    let benchmark = Benchmark(texts: texts, rounds: rounds, queries: queries)
    let report = try await benchmark.run(embedder, loading: clock.now - start)
    try report.write(as: format)
  }
}
