import EmbedTestSupport
import Foundation
import Kernels
import Testing

@testable import Embed

/// Vectors of tokens against `output_value="token_embeddings"` of sentence-transformers.
@Suite struct TokenEmbeddingsTests {
  private let folder = PackageFolder.path("Tests/Reference/families/bert-tokens")

  @Test func `vectors of tokens are the reference's within 1e-5`() async throws {
    let texts = try JSONDecoder().decode(
      [String].self,
      from: Data(
        contentsOf: URL(
          fileURLWithPath: PackageFolder.path("Tests/Reference/families/texts.json"))))
    let file = try SafetensorsFile(path: "\(folder)/token-vectors.safetensors")
    let embedder = try await LocalEmbedder.load(ModelFolder(path: folder))
    #expect(file.header.tensors.count >= 5)
    for tensor in file.header.tensors {
      let text = texts[try #require(Int(tensor.name))]
      let tokens = try await embedder.tokenEmbeddings(of: [.text(text), "another"])
      let expected = try file.floats(tensor.name, shape: tensor.shape).values
      #expect(tensor.shape == [tokens[0].vectors.count, tokens[0].vectors[0].count])
      #expect(largestDifference(tokens[0].vectors.flatMap { $0 }, expected) < 1e-5)
      #expect(tokens[0].ids == (try embedder.tokenizer.tokenize(text).ids))
    }
  }
}
