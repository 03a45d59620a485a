import EmbedCore

/// Inputs that are sent together, and apart when they are refused together.
struct RemoteBatch: Sendable {
  typealias Outcome = (Int, Result<Embedding, EmbedError>)

  /// The inputs with their indices in the call.
  let inputs: [(index: Int, input: EmbeddingInput)]
  /// Whether the first input that is refused ends the search for others.
  let stopsAtFailure: Bool

  /// How many inputs in a row may be refused, none taken, before the service is to blame.
  private static let patience = 8

  /// Sends the inputs, in halves when they are refused, until those to blame are found.
  ///
  /// - Throws: `EmbedError`; `CancellationError`; what `send` throws beside `ServiceFailure`.
  /// - Complexity: one request, and 2 · log₂(count) for each input that is refused.
  func results(
    _ send: @Sendable ([EmbeddingInput]) async throws -> [Result<Embedding, EmbedError>]
  ) async throws -> [Outcome] {
    var outcomes: [Outcome] = []
    // What is still to send, the next one last.
    var parts = [Part(range: inputs.indices)]
    while let part = parts.popLast() {
      let range = part.range
      if part.isRefused, range.count > 1 {
        parts += part.halves
        continue
      }
      do {
        let results = try await send(inputs[range].map(\.input))
        let taken = zip(inputs[range], results).map { ($0.index, $1.about(input: $0.index)) }
        outcomes += taken
        // Of two halves one is to blame, and it was not this one.
        if let next = parts.last, next.firstHalf == range {
          parts[parts.count - 1].isRefused = true
        }
        if stopsAtFailure { for (_, result) in taken { _ = try result.get() } }
      } catch let failure as ServiceFailure {
        guard failure.mayBeAnInput else { throw failure.error }
        guard range.count == 1 else {
          parts += part.halves
          continue
        }
        let index = inputs[range.lowerBound].index
        let error = failure.error.about(input: index)
        if stopsAtFailure { throw error }
        outcomes.append((index, .failure(error)))
        if outcomes.count == Self.patience, outcomes.allSatisfy(\.1.isFailure) {
          throw failure.error
        }
      }
    }
    return outcomes
  }

  /// Some of the inputs.
  private struct Part {
    let range: Range<Int>
    /// Whether the service is known to refuse them together.
    var isRefused = false
    /// The other half of what was refused, when this is the second one.
    var firstHalf: Range<Int>?

    /// Both halves, the first one last.
    var halves: [Part] {
      let middle = range.lowerBound + range.count / 2
      let first = range.lowerBound..<middle
      return [Part(range: middle..<range.upperBound, firstHalf: first), Part(range: first)]
    }
  }
}

extension Result<Embedding, EmbedError> {
  fileprivate var isFailure: Bool {
    if case .failure = self { true } else { false }
  }

  /// The same result; an error names the input.
  fileprivate func about(input index: Int) -> Self {
    mapError { $0.about(input: index) }
  }
}
