import EmbedCore
import EmbedTestSupport
import Foundation
import Testing

@testable import Embed

/// Texts of which nothing is left.
@Suite struct EmptyInputTests {
  /// A family's folder whose tokenizer puts nothing around a text.
  private func folder(_ family: String) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try FileManager.default.copyItem(
      atPath: PackageFolder.path("Tests/Reference/families/\(family)"),
      toPath: folder.path("model"))
    let text = String(decoding: try folder.read("model/tokenizer.json"), as: UTF8.self)
    var document = try #require(
      try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    document["post_processor"] = NSNull()
    let data = try JSONSerialization.data(withJSONObject: document)
    try folder.write([UInt8](data), to: "model/tokenizer.json")
    return folder
  }

  @Test(arguments: ["xlm-roberta-plain", "modernbert-cls"])
  func `a text without a token is refused by its index, and others are not`(
    family: String
  ) async throws {
    let folder = try folder(family)
    let embedder = try await LocalEmbedder.load(ModelFolder(path: folder.path("model")))
    let error = await #expect(throws: EmbedError.self) { try await embedder.embed(["a", ""]) }
    #expect(error?.code == .invalidInput)
    #expect(error?.inputIndex == 1)
    #expect(try await embedder.embed(["a"]).count == 1)
  }
}
