import ArgumentParser
import Embed

/// What `embed text` writes of a text in place of its vector.
enum VectorKind: String, EnumerableFlag {
  case sparse
  case tokens

  static func help(for kind: VectorKind) -> ArgumentHelp? {
    switch kind {
    case .sparse: "Write the weights of tokens that a SPLADE model gives, which are not 0."
    case .tokens: "Write a vector for each token, as the encoder gives it."
    }
  }

  /// The output of a model for a text, as JSON.
  fileprivate struct Output {
    let json: [UInt8]
    let tokenCount: Int
    let isTruncated: Bool
  }

  /// A model for it.
  fileprivate enum Encoder {
    case sparse(SparseEncoder)
    case tokens(LocalEmbedder)

    /// Loads the model of a local address.
    init(_ kind: VectorKind, _ address: EmbedderURI) async throws {
      switch kind {
      case .sparse: self = .sparse(try await SparseEncoder.load(address))
      case .tokens: self = .tokens(try await LocalEmbedder.load(address))
      }
    }

    var maximumTokens: Int {
      switch self {
      case .sparse(let encoder): encoder.tokenizer.maximumTokens
      case .tokens(let embedder): embedder.tokenizer.maximumTokens
      }
    }

    /// The outputs of records, or of those before the one that is to blame for a failure.
    func outputs(
      _ records: [Record], _ options: EmbedOptions
    ) async throws -> (outputs: [Output], failure: EmbedError?) {
      let texts = records.map(\.text)
      do {
        return (try await outputs(texts, options), nil)
      } catch let error as EmbedError {
        guard let index = error.inputIndex else { throw error }
        let before = try await outputs(Array(texts.prefix(index)), options)
        return (before, error.at(records[index].location))
      }
    }

    private func outputs(_ texts: [String], _ options: EmbedOptions) async throws -> [Output] {
      switch self {
      case .sparse(let encoder):
        return try await encoder.embed(texts, options: options).map(Output.init)
      case .tokens(let embedder):
        let inputs = texts.map(EmbeddingInput.text)
        return try await embedder.tokenEmbeddings(of: inputs, options: options).map(Output.init)
      }
    }
  }
}

extension TextCommand {
  /// Writes something else than a vector of each text.
  ///
  /// - Throws: `EmbedError`, after the records before the one concerned are written; `ClosedPipe`.
  func write(_ kind: VectorKind) async throws {
    let address = try runtime.applied(to: ModelOptions.localAddress(of: model.model))
    var reader = try input.records(
      keeping: formatting.keep.map { KeptFields($0) } ?? .named([]))
    let output = try destination.open()
    let encoder = try await VectorKind.Encoder(kind, address)
    let options = vectors.embedOptions(role: role.role, prompt: role.prompt)
    var progress = statistics.progress(beside: output)
    defer { progress.clear() }
    while let window = try reader.nextWindow() {
      let (outputs, failure) = try await encoder.outputs(window, options)
      try write(outputs, of: window.prefix(outputs.count), to: output)
      for result in outputs {
        progress.count(texts: 1, tokens: result.tokenCount, truncated: result.isTruncated ? 1 : 0)
      }
      if let failure { throw failure }
      progress.update(fraction: reader.fraction)
    }
    try output.commit()
    progress.finish(maximumTokens: encoder.maximumTokens)
  }

  private func write(
    _ outputs: [VectorKind.Output], of records: ArraySlice<Record>, to output: OutputFile
  ) throws {
    var bytes: [UInt8] = []
    for (result, record) in zip(outputs, records) {
      if format == .jsonl {
        bytes.appendObject(
          of: record,
          counts: statistics.isOn
            ? (tokens: result.tokenCount, isTruncated: result.isTruncated) : nil
        ) { $0 += result.json }
      } else {
        bytes += result.json
      }
      bytes.append("\n")
    }
    try output.write(bytes)
  }
}

extension VectorKind.Output {
  /// The form that FastEmbed and vector databases have.
  fileprivate init(_ embedding: SparseEmbedding) {
    var bytes = Array("{\"indices\":".utf8)
    bytes.appendJSON(embedding.indices)
    bytes.append(",\"values\":")
    bytes.appendJSON(embedding.values)
    bytes.append("}")
    self.init(json: bytes, tokenCount: embedding.tokenCount, isTruncated: embedding.isTruncated)
  }

  /// An array of vectors.
  fileprivate init(_ tokens: TokenEmbeddings) {
    var bytes = Array("[".utf8)
    for (index, vector) in tokens.vectors.enumerated() {
      if index > 0 { bytes.append(",") }
      bytes.appendJSON(vector)
    }
    bytes.append("]")
    self.init(json: bytes, tokenCount: tokens.ids.count, isTruncated: tokens.isTruncated)
  }
}
