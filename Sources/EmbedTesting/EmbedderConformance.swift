public import EmbedCore

/// What `Embedder` asks of its implementations, checked on one of them.
///
/// ```swift
/// #expect(await EmbedderConformance(embedder).violations() == [])
/// ```
public struct EmbedderConformance: Sendable {
  private let embedder: any Embedder
  private let takesEmptyTexts: Bool
  private let texts: [String]
  private static let texts = [
    "A cat sat on the mat.", "", "   \t\n", "naïve café", "cafe\u{301}", "你好，世界", "👩‍👩‍👧 🇳🇴",
    "a\u{0}b\u{1}c\u{FEFF}", String(repeating: "many words and ", count: 60), "x",
    "A cat sat on the mat.",
  ]

  /// Makes a check of an embedder.
  ///
  /// - Parameters:
  ///   - embedder: what is checked.
  ///   - takesEmptyTexts: whether it embeds empty texts, as the protocol asks; some services refuse them, and must then
  ///     name the one that they refuse.
  public init(_ embedder: any Embedder, takesEmptyTexts: Bool = true) {
    self.embedder = embedder
    self.takesEmptyTexts = takesEmptyTexts
    texts = Self.texts.filter { takesEmptyTexts || !$0.isEmpty }
  }

  /// One sentence for each requirement that is broken; none when all are kept.
  public func violations() async -> [String] {
    var violations: [String] = []
    let checks: [(String, () async throws -> String?)] = [
      ("no inputs", noInputs), ("one each, in order", oneEachInOrder),
      ("alone as in a batch", aloneAsInBatch), ("lengths", lengths), ("dimensions", dimensions),
      ("wrong dimensions", wrongDimensions), ("images", images),
      ("empty texts", emptyTexts), ("a result each", aResultEach), ("many tasks", manyTasks),
      ("cancellation", cancellation),
    ]
    for (name, check) in checks {
      do {
        if let violation = try await check() { violations.append("\(name): \(violation)") }
      } catch {
        violations.append("\(name): threw \(error)")
      }
    }
    return violations
  }

  private func noInputs() async throws -> String? {
    let embeddings = try await embedder.embed([EmbeddingInput](), options: EmbedOptions())
    return embeddings.isEmpty ? nil : "\(embeddings.count) embeddings of no inputs"
  }

  private func oneEachInOrder() async throws -> String? {
    let forward = try await embedder.embed(texts)
    guard forward.count == texts.count else {
      return "\(forward.count) embeddings of \(texts.count) texts"
    }
    let backward = try await embedder.embed(Array(texts.reversed()))
    for (a, b) in zip(forward, backward.reversed()) where difference(a, b) > 1e-6 {
      return "the order of the inputs changes the vectors"
    }
    return difference(forward[0], forward[texts.count - 1]) > 1e-6
      ? "equal texts have different vectors" : nil
  }

  private func aloneAsInBatch() async throws -> String? {
    let together = try await embedder.embed(texts)
    for (text, embedding) in zip(texts, together) {
      let alone = try await embedder.embed(text)
      let difference = difference(alone, embedding)
      if !(difference <= 1e-6) { return "'\(text.prefix(20))' differs by \(difference)" }
    }
    return nil
  }

  private func lengths() async throws -> String? {
    for embedding in try await embedder.embed(texts) where embedding.dimensions > 0 {
      guard embedding.vector.allSatisfy(\.isFinite) else { return "a component is not finite" }
      let length = embedding.dotProduct(with: embedding).squareRoot()
      if abs(length - 1) > 1e-5 { return "a vector of length \(length)" }
    }
    return nil
  }

  private func dimensions() async throws -> String? {
    let counts = Set(try await embedder.embed(texts).map(\.dimensions))
    guard counts.count == 1, let count = counts.first else { return "dimensions \(counts)" }
    if let promised = embedder.info.dimensions, promised != count {
      return "\(count) dimensions where info says \(promised)"
    }
    guard count > 1 else { return nil }
    let cut = try await embedder.embed(texts, options: EmbedOptions(dimensions: count / 2))
    return cut.allSatisfy { $0.dimensions == count / 2 } ? nil : "dimensions are not cut as asked"
  }

  private func wrongDimensions() async throws -> String? {
    for dimensions in [0, -1, 1 << 40] {
      do {
        _ = try await embedder.embed("x", options: EmbedOptions(dimensions: dimensions))
        return "\(dimensions) dimensions are accepted"
      } catch let error as EmbedError where error.code == .invalidOption {
        continue
      }
    }
    return nil
  }

  private func images() async throws -> String? {
    guard !embedder.info.supportsImages else { return nil }
    do {
      _ = try await embedder.embed([.text("a"), .image([1, 2])], options: EmbedOptions())
      return "an image is accepted"
    } catch let error as EmbedError where error.code == .invalidInput {
      return error.inputIndex == 1 ? nil : "the error does not name input 1"
    }
  }

  private func emptyTexts() async throws -> String? {
    guard !takesEmptyTexts else { return nil }
    do {
      _ = try await embedder.embed(["a", "", "b"])
      return "an empty text is accepted"
    } catch let error as EmbedError {
      return error.inputIndex == 1 ? nil : "the error does not name input 1: \(error)"
    }
  }

  private func aResultEach() async throws -> String? {
    let isRefused = !embedder.info.supportsImages
    let results = try await embedder.embedEach(
      [.text("a"), .image([1, 2]), .text("b")], options: EmbedOptions())
    guard results.count == 3 else { return "\(results.count) results of 3 inputs" }
    let expected = try await embedder.embed(["a", "b"])
    for (result, expected) in zip([results[0], results[2]], expected) {
      guard case .success(let embedding) = result, difference(embedding, expected) <= 1e-6 else {
        return "an input that is refused costs another its vector"
      }
    }
    guard isRefused else { return nil }
    guard case .failure(let error) = results[1] else { return "an image is accepted" }
    return error.inputIndex == 1 ? nil : "the error does not name input 1: \(error)"
  }

  private func manyTasks() async throws -> String? {
    let expected = try await embedder.embed(texts)
    return try await withThrowingTaskGroup(of: String?.self) { group in
      for _ in 0..<16 {
        group.addTask {
          for (a, b) in zip(expected, try await embedder.embed(texts))
          where difference(a, b) > 1e-6 {
            return "calls at the same time disturb each other"
          }
          return nil
        }
      }
      return try await group.reduce(nil) { $0 ?? $1 }
    }
  }

  private func cancellation() async throws -> String? {
    let task = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return try await embedder.embed(texts)
    }
    do {
      _ = try await task.value
      return "a cancelled task's call returns"
    } catch is CancellationError {
      return nil
    }
  }

  private func difference(_ a: Embedding, _ b: Embedding) -> Float {
    guard a.dimensions == b.dimensions else { return .infinity }
    return zip(a.vector, b.vector).map { abs($0 - $1) }.max() ?? 0
  }
}
