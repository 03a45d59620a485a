import Embed
import Foundation
import Kernels
import Transformer

/// A model in words, a property a line.
struct ModelDescription {
  let folder: ModelFolder
  let embedder: LocalEmbedder
  private let weights: WeightFiles

  /// Reads what else there is to say of a model.
  ///
  /// - Throws: `EmbedError`.
  init(folder: ModelFolder, embedder: LocalEmbedder) throws(EmbedError) {
    self.folder = folder
    self.embedder = embedder
    weights = try WeightFiles(folder: folder.path)
  }

  /// The description, whole lines.
  var text: String {
    var table = TextTable()
    for (name, value) in encoder + output + prompts + run { table.append([name, value]) }
    return table.text
  }

  private var encoder: [(String, String)] {
    let encoder = folder.configuration
    return [
      ("name", folder.name),
      ("folder", folder.path),
      ("architecture", folder.architecture.name),
      ("layers", "\(encoder.layerCount)"),
      ("hidden size", "\(encoder.hiddenSize)"),
      ("heads", "\(encoder.headCount)"),
      ("intermediate size", "\(encoder.intermediateSize)"),
      ("activation", "\(encoder.feedForward.activation)"),
      ("vocabulary", "\(encoder.vocabularySize)"),
      ("weights", weights.summary),
    ]
  }

  private var output: [(String, String)] {
    let dense = folder.modules.compactMap { module in
      if case .dense(let layer, _) = module {
        ("dense", "\(layer.inputs) to \(layer.outputs), \(layer.activation)")
      } else {
        nil
      }
    }
    return [
      ("dimensions", "\(folder.returnedDimensions)"),
      ("maximum tokens", "\(folder.maximumSequenceLength)"),
      ("pooling", folder.pooling.modes.map { "\($0)" }.joined(separator: ", ")),
    ] + dense + [
      ("normalize", folder.modules.contains(.normalize) ? "yes" : "no")
    ]
  }

  private var prompts: [(String, String)] {
    folder.prompts.sorted { $0.key < $1.key }.map {
      ("prompt", "\($0.key): \($0.value.quotedForMessage)")
    }
  }

  private var run: [(String, String)] {
    [("engine", embedder.engineName), ("threads", "\(embedder.threadCount)")]
  }
}

extension ModelFolder {
  /// The length of the vectors that come out.
  var returnedDimensions: Int { truncatedDimensions ?? dimensions }
}
