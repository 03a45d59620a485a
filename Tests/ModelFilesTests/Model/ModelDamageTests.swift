import EmbedCore
import EmbedTestSupport
import Testing
import Transformer

@testable import ModelFiles

/// Random damage to every file of a model: an error or a model, never a crash.
@Suite struct ModelDamageTests {
  @Test(
    arguments: [
      ("config.json", TinyModel.plain), ("modules.json", .denseTanh),
      ("1_Pooling/config.json", .plain), ("1_Pooling/config.json", .sixModes),
      ("2_Dense/config.json", .denseResidual), ("sentence_bert_config.json", .narrow),
      ("config_sentence_transformers.json", .prompted), ("tokenizer_config.json", .vocabularyFile),
      ("tokenizer.json", .plain), ("vocab.txt", .vocabularyFile),
    ] as [(String, TinyModel)])
  func `survives random damage`(_ file: String, _ model: TinyModel) throws {
    let fixture = try ModelFixture(model)
    let good = try fixture.read(file)
    var damage = RandomDamage(seed: UInt64(good.count))
    // Settings at the end of tokenizer.json are words of the vocabulary: most damage goes to its head.
    let reach = 2500
    var refused = 0
    for _ in 0..<250 {
      try fixture.write(damage.damaged(good, reach: reach), to: file)
      let message = try fixture.refusal { folder in
        let tokenizer = try folder.tokenizerConfiguration()
        let size = folder.configuration.vocabularySize
        #expect(tokenizer.wordPiece.vocabulary.allSatisfy { $0.id >= 0 && $0.id < size })
        #expect(tokenizer.addedTokens.allSatisfy { $0.id >= 0 && $0.id < size })
        let special = tokenizer.template.prefix + tokenizer.template.suffix
        #expect(special.allSatisfy { $0 >= 0 && $0 < size })
        let positions = folder.configuration.positions
        #expect(positions.maximumLength <= positions.longestPossible)
      }
      if let message {
        refused += 1
        #expect(message.utf8.count < 1500 && !message.contains("\n"))
      }
    }
    #expect(refused > 40)
  }

  @Test func `survives random damage to weights`() throws {
    let fixture = try ModelFixture(.half)
    let good = try fixture.read("model.safetensors")
    var damage = RandomDamage(seed: 3)
    for _ in 0..<300 {
      try fixture.write(damage.damaged(good, reach: 3000), to: "model.safetensors")
      _ = try fixture.refusal { folder in
        let checkpoint = try folder.checkpoint()
        _ = try checkpoint.layerNorm("embeddings.LayerNorm", count: 48)
        _ = try checkpoint.matrix("encoder.layer.1.output.dense.weight", rows: 48, columns: 80)
      }
    }
  }
}
