import Kernels

/// A sentence-transformers model: what makes a vector of tokens, and the modules behind it.
package struct SentenceModel<Engine: MatrixEngine>: Sendable {
  /// What makes a vector of the tokens of a text.
  package enum Encoding: Sendable {
    case transformer(Encoder<Engine>, Pooling)
    case table(TokenTable)
  }

  /// A module that turns one vector into another.
  package enum Module: Sendable {
    case dense(Dense<Engine>)
    case normalize
    /// Keeps the first components, without normalizing again.
    case truncate(Int)
  }

  package let configuration: EncoderConfiguration
  let encoding: Encoding
  private let modules: [Module]
  private let engine: Engine

  /// Makes a model of its parts; `configuration` is the encoder's, or tells the sizes of the table.
  package init(
    _ configuration: EncoderConfiguration, _ encoding: Encoding, modules: [Module],
    engine: Engine
  ) {
    self.configuration = configuration
    self.encoding = encoding
    self.modules = modules
    self.engine = engine
  }

  /// Whether the vector of a text takes no longer to find than its tokens.
  package var isTable: Bool { if case .table = encoding { true } else { false } }

  /// The buffers that a worker needs for this model.
  package func makeWorkspace() -> Workspace { Workspace(configuration) }

  /// Embeds each sequence of a batch, in order.
  ///
  /// - Parameter promptLength: the tokens of the prompt at the start of every sequence, `[CLS]` included.
  /// - Precondition: as for `Encoder.forward`.
  package func embed(
    _ batch: TokenBatch, promptLength: Int, _ options: OutputOptions, _ workspace: inout Workspace
  ) -> [[Float]] {
    var vectors = reduce(batch, promptLength: promptLength, &workspace)
    for module in modules {
      switch module {
      case .dense(let dense): vectors = apply(dense, to: vectors)
      case .normalize where options.normalization != .none: normalize(&vectors)
      case .normalize: break
      case .truncate(let dimensions): truncate(&vectors, to: dimensions)
      }
    }
    finish(&vectors, options)
    workspace.stopwatch?.lap(.pooling)
    return vectors
  }

  private func reduce(
    _ batch: TokenBatch, promptLength: Int, _ workspace: inout Workspace
  ) -> [[Float]] {
    switch encoding {
    case .transformer(let encoder, let pooling):
      encoder.forward(batch, &workspace)
      return (0..<batch.count).map { sequence in
        pooling.pool(workspace.hidden, batch.range(of: sequence), promptLength: promptLength)
      }
    case .table(let table):
      workspace.stopwatch?.start()
      defer { workspace.stopwatch?.lap(.embeddings) }
      return (0..<batch.count).map { table.mean(of: batch.ids[batch.range(of: $0)]) }
    }
  }

  private func apply(_ dense: Dense<Engine>, to vectors: [[Float]]) -> [[Float]] {
    guard let first = vectors.first else { return [] }
    var input = Activations(columns: first.count)
    input.resize(rows: vectors.count)
    for row in vectors.indices { input.setRow(row, vectors[row]) }
    let output = dense.forward(input, engine: engine)
    return vectors.indices.map { output.row($0) }
  }

  private func finish(_ vectors: inout [[Float]], _ options: OutputOptions) {
    if let dimensions = options.dimensions { truncate(&vectors, to: dimensions) }
    switch options.normalization {
    case .unit where options.dimensions != nil || !endsNormalized: normalize(&vectors)
    case .asModel where options.dimensions != nil && endsNormalized: normalize(&vectors)
    case .unit, .asModel, .none: break
    }
  }

  private var endsNormalized: Bool {
    if case .normalize = modules.last { true } else { false }
  }

  private func truncate(_ vectors: inout [[Float]], to dimensions: Int) {
    for index in vectors.indices { vectors[index] = Array(vectors[index].prefix(dimensions)) }
  }

  private func normalize(_ vectors: inout [[Float]]) {
    for index in vectors.indices { vectors[index].normalize() }
  }
}

extension [Float] {
  /// Divides by the Euclidean length, or by 1e-12 if that is more (`torch.nn.functional.normalize`).
  ///
  /// - Complexity: O(`count`).
  fileprivate mutating func normalize() {
    // Several sums, which need not wait for one another.
    var sums = SIMD4<Double>()
    let whole = count & ~3
    for place in stride(from: 0, to: whole, by: 4) {
      let components = SIMD4<Double>(
        SIMD4(self[place], self[place + 1], self[place + 2], self[place + 3]))
      sums += components * components
    }
    var squares = sums.sum()
    for component in self[whole...] { squares += Double(component) * Double(component) }
    let inverse = 1 / Swift.max(squares.squareRoot(), 1e-12)
    for place in indices { self[place] = Float(Double(self[place]) * inverse) }
  }
}

/// What happens to a sentence's vector after the model's own modules.
package struct OutputOptions: Sendable, Hashable {
  /// The length that the vector is given.
  package enum Normalization: Sendable, Hashable {
    /// Unit length.
    case unit
    /// Unit length where the model has a Normalize module, raw otherwise.
    case asModel
    /// Raw: Normalize modules are passed over.
    case none
  }

  package var normalization: Normalization
  /// Keeps the first components, and normalizes again; nil keeps all.
  package var dimensions: Int?

  package init(normalization: Normalization, dimensions: Int?) {
    self.normalization = normalization
    self.dimensions = dimensions
  }
}
