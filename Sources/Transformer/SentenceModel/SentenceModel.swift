import Kernels

/// A sentence-transformers model: the encoder, pooling, and the modules behind it.
package struct SentenceModel<Engine: MatrixEngine>: Sendable {
  /// A module that turns one vector into another.
  package enum Module: Sendable {
    case dense(Dense<Engine>)
    case normalize
    /// Keeps the first components, without normalizing again.
    case truncate(Int)
  }

  package let encoder: Encoder<Engine>
  private let pooling: Pooling
  private let modules: [Module]
  private let engine: Engine

  package init(encoder: Encoder<Engine>, pooling: Pooling, modules: [Module], engine: Engine) {
    self.encoder = encoder
    self.pooling = pooling
    self.modules = modules
    self.engine = engine
  }

  /// The buffers that a worker needs for this model.
  package func makeWorkspace() -> Workspace { Workspace(encoder.configuration) }

  /// Embeds each sequence of a batch, in order.
  ///
  /// - Parameter promptLength: the tokens of the prompt at the start of every sequence, `[CLS]` included.
  /// - Precondition: as for `Encoder.forward`.
  package func embed(
    _ batch: TokenBatch, promptLength: Int, _ options: OutputOptions, _ workspace: inout Workspace
  ) -> [[Float]] {
    encoder.forward(batch, &workspace)
    var vectors = (0..<batch.count).map { sequence in
      pooling.pool(workspace.hidden, batch.range(of: sequence), promptLength: promptLength)
    }
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

  /// Divides by the Euclidean length, or by 1e-12 if that is more (`torch.nn.functional.normalize`).
  private func normalize(_ vectors: inout [[Float]]) {
    for index in vectors.indices {
      var squares = 0.0
      for component in vectors[index] { squares += Double(component) * Double(component) }
      let inverse = 1 / max(squares.squareRoot(), 1e-12)
      for place in vectors[index].indices {
        vectors[index][place] = Float(Double(vectors[index][place]) * inverse)
      }
    }
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
