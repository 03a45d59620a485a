import EmbedCore
import EmbedObservability
import Logging
import Metrics

/// The models that a server offers, in the order in which they were listed; the first one is the default.
///
/// A model is loaded when it is first asked for. When all that are loaded take more memory than they may, those that were
/// not asked for the longest are let go; requests that still use one keep it until they are answered.
actor ModelCatalog {
  /// A loaded model that answers requests.
  struct Model: Sendable {
    /// What computes the answers.
    fileprivate enum Work {
      case embedding(BatchingEmbedder)
      case reranking(any Reranker)
    }

    let id: String
    fileprivate let work: Work
    let loaded: LoadedModel
    /// What vectors depend on beside a request's options.
    let fingerprint: [String: String]
  }

  private enum State {
    case idle
    case loading(Task<Model, any Error>)
    case loaded(Model, lastUse: Int)
  }

  /// The names of the models.
  nonisolated let ids: [String]
  /// The names that stand for others, sorted.
  nonisolated let aliases: [(name: String, id: String)]

  private nonisolated let names: [String: String]
  private nonisolated let models: [String: ServedModel]
  private let memoryLimit: Int?
  private let logger: Logger
  private let metrics: any MetricsFactory
  private var states: [String: State] = [:]
  /// Counts the requests for models.
  private var uses = 0

  /// Makes a catalog in which nothing is loaded.
  ///
  /// - Throws: `EmbedError` with code `invalidOption` when there is no model, a name occurs twice, or an alias stands for
  ///   no model.
  init(
    _ models: [ServedModel], aliases: [String: String], memoryLimit: Int?, logger: Logger,
    metrics: any MetricsFactory
  ) throws(EmbedError) {
    guard !models.isEmpty else {
      throw EmbedError(.invalidOption, "no model to serve", expected: "at least one", got: "none")
    }
    var names: [String: String] = [:]
    var served: [String: ServedModel] = [:]
    for model in models {
      guard served.updateValue(model, forKey: model.id) == nil else {
        throw EmbedError(
          .invalidOption, "model served twice", expected: "each name once",
          got: model.id.quotedForMessage)
      }
      names[model.id] = model.id
    }
    for (alias, id) in aliases {
      guard served[id] != nil else {
        throw EmbedError(
          .invalidOption, "alias of a model that is not served",
          expected: models.map(\.id).joined(separator: ", "), got: id.quotedForMessage,
          at: "alias \(alias.quotedForMessage)")
      }
      guard names.updateValue(id, forKey: alias) == nil else {
        throw EmbedError(
          .invalidOption, "name of a model taken twice", expected: "each name once",
          got: alias.quotedForMessage)
      }
    }
    ids = models.map(\.id)
    self.aliases = aliases.map { ($0.key, $0.value) }.sorted { $0.name < $1.name }
    self.names = names
    self.models = served
    self.memoryLimit = memoryLimit
    self.logger = logger
    self.metrics = metrics
  }

  /// The model's own name behind a name or an alias, also with Ollama's `:latest`; nil when there is none.
  nonisolated func id(named name: String) -> String? {
    if let id = names[name] { return id }
    let latest = ":latest"
    return name.hasSuffix(latest) ? names[String(name.dropLast(latest.count))] : nil
  }

  /// A model by its own name, loaded if it was not.
  ///
  /// - Throws: what loading throws; the next request tries it again.
  func model(_ id: String) async throws -> Model {
    uses += 1
    let task: Task<Model, any Error>
    switch states[id] ?? .idle {
    case .loaded(let model, _):
      states[id] = .loaded(model, lastUse: uses)
      return model
    case .loading(let running):
      task = running
    case .idle:
      guard let served = models[id] else { preconditionFailure("a model of this catalog") }
      task = Task { [logger, metrics] in try await Self.load(served, logger, metrics) }
      states[id] = .loading(task)
    }
    do {
      let model = try await task.value
      if case .loading(let current) = states[id], current == task {
        states[id] = .loaded(model, lastUse: uses)
        makeRoom(besides: id)
      }
      return model
    } catch {
      if case .loading(let current) = states[id], current == task { states[id] = .idle }
      throw error
    }
  }

  /// The models that are loaded, by their names.
  var loaded: [String: Model] {
    states.compactMapValues { state in
      if case .loaded(let model, _) = state { model } else { nil }
    }
  }

  private static func load(
    _ served: ServedModel, _ logger: Logger, _ metrics: any MetricsFactory
  ) async throws -> Model {
    let clock = ContinuousClock()
    let start = clock.now
    let loaded = try await served.load()
    let work: Model.Work
    var fingerprint: [String: String] = [:]
    switch loaded.work {
    case .embedding(let embedder):
      let observed = ObservedEmbedder(embedder, logger: logger, metrics: metrics)
      fingerprint = try await embedder.fingerprint(for: EmbedOptions())
      work = .embedding(BatchingEmbedder(observed, limits: loaded.batching))
    case .reranking(let reranker):
      work = .reranking(reranker)
    }
    logger.info(
      "model loaded",
      metadata: [
        "model": "\(served.id)", "memory": "\(loaded.memory)", "duration": "\(clock.now - start)",
      ])
    return Model(id: served.id, work: work, loaded: loaded, fingerprint: fingerprint)
  }

  /// Lets models go until the others fit, those first that were not asked for the longest.
  private func makeRoom(besides id: String) {
    guard let memoryLimit else { return }
    var candidates = states.compactMap { id, state in
      if case .loaded(let model, let lastUse) = state {
        (id: id, memory: model.loaded.memory, lastUse: lastUse)
      } else {
        nil
      }
    }
    candidates.sort { $0.lastUse < $1.lastUse }
    var total = candidates.reduce(0) { $0 + $1.memory }
    for candidate in candidates where total > memoryLimit && candidate.id != id {
      states[candidate.id] = .idle
      total -= candidate.memory
      logger.info("model let go", metadata: ["model": "\(candidate.id)"])
    }
  }
}

extension ModelCatalog.Model {
  /// What embeds.
  var embedder: BatchingEmbedder {
    get throws(APIError) {
      guard case .embedding(let embedder) = work else {
        throw .badRequest(
          "The model \(id.quotedForMessage) is a re-ranker and embeds nothing; ask /rerank.",
          parameter: "model")
      }
      return embedder
    }
  }

  /// What ranks.
  var reranker: any Reranker {
    get throws(APIError) {
      guard case .reranking(let reranker) = work else {
        throw .badRequest(
          "The model \(id.quotedForMessage) is not a re-ranker model.", parameter: "model")
      }
      return reranker
    }
  }

  /// Whether it ranks and does not embed.
  var isReranker: Bool {
    if case .reranking = work { true } else { false }
  }

  /// What it is for, as clients are told.
  var task: String { isReranker ? "reranking" : "embedding" }

  /// The length of a vector, if there is one and it is known.
  var dimensions: Int? {
    if case .embedding(let embedder) = work { embedder.info.dimensions } else { nil }
  }

  /// The most tokens of an input that count, if there is a limit.
  var maximumTokens: Int? {
    switch work {
    case .embedding(let embedder): embedder.info.maximumTokens
    case .reranking(let reranker): reranker.info.maximumTokens
    }
  }
}
