import EmbedCore
import Kernels
import Transformer

extension Architecture {
  /// A table of vectors for tokens, whose mean is the text's: `StaticEmbedding` of sentence-transformers 6.2
  /// (`sentence_transformer/modules/static_embedding.py`), and `StaticModel` of Model2Vec 0.10 (`model2vec/model.py`),
  /// the `model_type` of whose folders it is.
  ///
  /// Two libraries, two names of the table: `embedding.weight` goes before `embeddings`.
  static func table(_ checkpoint: Checkpoint) -> Architecture {
    let name = ["embedding.weight", "embeddings"].first(where: checkpoint.contains)
    return Architecture(
      name: "table of vectors", modelTypes: [tableType], prefixes: [],
      tensors: TensorNames(wordEmbeddings: name ?? "embeddings"),
      positionTable: nil, tokenizerClass: "PreTrainedTokenizer")
  }

  /// The `model_type` of Model2Vec's folders.
  static let tableType = "model2vec"
}

extension Checkpoint {
  /// Four times those of the largest model that is known.
  private static let mostFoldedNumbers = 512_000_000

  /// The number of tokens that a table has vectors for, and the length of those.
  ///
  /// Throws `fileDamaged` when there is no such tensor or it is no matrix.
  func tokenTableShape(_ name: String) throws(EmbedError) -> (tokens: Int, dimensions: Int) {
    let shape = try shape(name)
    guard shape.count == 2, (1...10_000_000).contains(shape[0]), (1...65_536).contains(shape[1])
    else {
      throw EmbedError(
        .fileDamaged, "unexpected shape of tensor \(name.printable)",
        expected: "(tokens, dimensions)", got: "\(shape)", at: source)
    }
    guard contains("mapping"), name == "embeddings" else { return (shape[0], shape[1]) }
    let mapping = try self.shape("mapping")
    guard mapping.count == 1, (1...10_000_000).contains(mapping[0]) else {
      throw EmbedError(
        .fileDamaged, "unexpected shape of tensor mapping", expected: "(tokens)",
        got: "\(mapping)", at: source)
    }
    // A few bytes of a file make a row each.
    guard mapping[0] * shape[1] <= Self.mostFoldedNumbers else {
      throw EmbedError(
        .modelUnsupported, "large table",
        expected: "at most \(Self.mostFoldedNumbers) numbers when rows are not shared",
        got: "\(mapping[0] * shape[1])", at: source)
    }
    return (mapping[0], shape[1])
  }

  /// A table with a row for each token.
  ///
  /// In Model2Vec's, tokens may share rows, by `mapping`, and have factors, `weights`: row and factor are multiplied
  /// here, once for all texts.
  ///
  /// Source: `_fold_model2vec_weights` of sentence-transformers 6.2.
  ///
  /// - Throws: `EmbedError` naming the tensor that is missing, has another shape or a place outside the table.
  /// - Complexity: O(1) for aligned F32 without those, else O(tokens · dimensions).
  func tokenTable(_ name: String) throws(EmbedError) -> WeightMatrix {
    let shape = try shape(name)
    let (tokens, columns) = try tokenTableShape(name)
    let table = WeightMatrix(
      rows: shape[0], columns: columns, storage: try anyNumbers(name, shape: shape))
    let isModel2Vec = name == "embeddings"
    guard isModel2Vec, contains("mapping") || contains("weights") else { return table }
    let rows = contains("mapping") ? try places("mapping", count: tokens, below: shape[0]) : nil
    let factors = contains("weights") ? try anyNumbers("weights", shape: [tokens]) : nil
    let folded = FloatStorage(count: tokens * columns) { target in
      for token in 0..<tokens {
        let row = table.storage.pointer + (rows?[token] ?? token) * columns
        let factor = factors?.pointer[token] ?? 1
        for column in 0..<columns { target[token * columns + column] = row[column] * factor }
      }
    }
    return WeightMatrix(rows: tokens, columns: columns, storage: folded)
  }

  /// Places in a table, by a tensor of whole numbers.
  private func places(
    _ name: String, count: Int, below limit: Int
  ) throws(EmbedError) -> [Int] {
    let places = try integers(name, shape: [count])
    guard let wrong = places.first(where: { $0 < 0 || $0 >= limit }) else { return places }
    throw EmbedError(
      .fileDamaged, "place outside the table in tensor \(name)", expected: "0 to \(limit - 1)",
      got: "\(wrong)", at: source)
  }
}
