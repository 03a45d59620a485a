/// The embeddings of a sequence of inputs, computed a window at a time as they are asked for.
///
/// At most `EmbedderInfo.preferredBatchSize` inputs and their vectors are held at once. An error of the inputs'
/// sequence is thrown after the embeddings of all inputs before it.
public struct EmbeddingSequence<Base: AsyncSequence>: AsyncSequence {
  let base: Base
  let embedder: any Embedder
  let options: EmbedOptions
  let input: @Sendable (Base.Element) -> EmbeddingInput

  /// Starts the iteration.
  public func makeAsyncIterator() -> Iterator {
    Iterator(sequence: self, base: base.makeAsyncIterator())
  }

  /// Reads a window of inputs, embeds it, and hands out its vectors one by one.
  public struct Iterator: AsyncIteratorProtocol {
    let sequence: EmbeddingSequence
    var base: Base.AsyncIterator
    var ready: ArraySlice<Embedding> = []
    var failure: (any Error)?
    var isFinished = false

    init(sequence: EmbeddingSequence, base: Base.AsyncIterator) {
      self.sequence = sequence
      self.base = base
    }

    /// The next input's embedding, or nil after the last.
    ///
    /// - Throws: what the inputs' sequence throws, or what the embedder throws.
    public mutating func next() async throws -> Embedding? {
      if let embedding = ready.popFirst() { return embedding }
      let window = await readWindow()
      if !window.isEmpty {
        do {
          ready = try await sequence.embedder.embed(window, options: sequence.options)[...]
        } catch {
          isFinished = true
          throw error
        }
      }
      if let embedding = ready.popFirst() { return embedding }
      if let failure {
        self.failure = nil
        throw failure
      }
      return nil
    }

    private mutating func readWindow() async -> [EmbeddingInput] {
      var window: [EmbeddingInput] = []
      let size = Swift.max(1, sequence.embedder.info.preferredBatchSize)
      while !isFinished, window.count < size {
        do {
          guard let element = try await base.next() else {
            isFinished = true
            break
          }
          window.append(sequence.input(element))
        } catch {
          failure = error
          isFinished = true
        }
      }
      return window
    }
  }
}

@available(*, unavailable)
extension EmbeddingSequence.Iterator: Sendable {}

extension EmbeddingSequence: Sendable where Base: Sendable {}

extension Embedder {
  /// The embeddings of inputs that arrive one after another, in order and with bounded memory.
  public func embeddings<Base: AsyncSequence>(
    of inputs: Base, options: EmbedOptions = EmbedOptions()
  ) -> EmbeddingSequence<Base> where Base.Element == EmbeddingInput {
    EmbeddingSequence(base: inputs, embedder: self, options: options) { $0 }
  }

  /// The embeddings of texts that arrive one after another, in order and with bounded memory.
  public func embeddings<Base: AsyncSequence>(
    of texts: Base, options: EmbedOptions = EmbedOptions()
  ) -> EmbeddingSequence<Base> where Base.Element == String {
    EmbeddingSequence(base: texts, embedder: self, options: options) { .text($0) }
  }
}
