import Embed
import Foundation
import Kernels
import Transformer

/// A model in words, a property a line.
struct ModelDescription {
  let folder: ModelFolder
  /// What multiplies its matrices, and on how many threads.
  let run: (engine: String, threads: Int)
  private let weights: WeightFiles

  /// Reads what else there is to say of a model.
  ///
  /// - Throws: `EmbedError`.
  init(folder: ModelFolder, run: (engine: String, threads: Int)) throws(EmbedError) {
    self.folder = folder
    self.run = run
    weights = try WeightFiles(folder: folder.path)
  }

  /// The description, whole lines.
  var text: String {
    var table = TextTable()
    let runtime = [("engine", run.engine), ("threads", "\(run.threads)")]
    for (name, value) in encoder + output + prompts + runtime { table.append([name, value]) }
    return table.text
  }

  private var encoder: [(String, String)] {
    [
      ("name", folder.name),
      ("folder", folder.path),
      ("task", folder.tasks.map(\.rawValue).joined(separator: ", ")),
      ("architecture", folder.architecture.name),
    ] + layers + [
      ("vocabulary", "\(folder.configuration.vocabularySize)"),
      ("weights", weights.summary),
    ]
  }

  /// The sizes of layers; a table has none.
  private var layers: [(String, String)] {
    let encoder = folder.configuration
    guard encoder.layerCount > 0 else { return [] }
    return [
      ("layers", "\(encoder.layerCount)"),
      ("hidden size", "\(encoder.hiddenSize)"),
      ("heads", "\(encoder.headCount)"),
      ("intermediate size", "\(encoder.intermediateSize)"),
      ("activation", "\(encoder.feedForward.activation)"),
    ]
  }

  private var output: [(String, String)] {
    let dimensions = [("dimensions", "\(folder.returnedDimensions)")]
    let limit = folder.maximumSequenceLength.map { [("maximum tokens", "\($0)")] } ?? []
    switch folder.task {
    case .reranking: return limit + classifier
    case .sparseEmbedding:
      let pooling = folder.splade?.sums == true ? "SPLADE, sum" : "SPLADE, maximum"
      return dimensions + limit + [("pooling", pooling)]
    case .embedding: return dimensions + nested + limit + pooling
    }
  }

  private var classifier: [(String, String)] {
    guard let classifier = folder.classifier else { return [] }
    return [
      ("labels", classifier.labels.map(\.quotedForMessage).joined(separator: ", ")),
      ("scores", "\(classifier.function)"), ("pooling", "\(classifier.pooling)"),
    ]
  }

  private var pooling: [(String, String)] {
    let dense = folder.modules.compactMap { module in
      if case .dense(let layer, _) = module {
        ("dense", "\(layer.inputs) to \(layer.outputs), \(layer.activation)")
      } else {
        nil
      }
    }
    return [
      ("pooling", folder.pooling.modes.map { "\($0)" }.joined(separator: ", "))
    ] + dense + [
      ("normalize", folder.modules.contains(.normalize) ? "yes" : "no")
    ]
  }

  /// Shorter lengths that the model was trained for.
  private var nested: [(String, String)] {
    guard let known = KnownModel.named(folder.name), !known.nestedDimensions.isEmpty else {
      return []
    }
    let lengths = known.nestedDimensions.map(String.init).joined(separator: ", ")
    return [("shorter", "\(lengths) (--dimensions)")]
  }

  private var prompts: [(String, String)] {
    folder.prompts.sorted { $0.key < $1.key }.map {
      ("prompt", "\($0.key): \($0.value.quotedForMessage)")
    }
  }
}

extension ModelFolder {
  /// The length of the vectors that come out; of a re-ranker, the number of labels.
  var returnedDimensions: Int {
    switch task {
    case .reranking: classifier?.labels.count ?? 0
    case .sparseEmbedding: configuration.vocabularySize
    case .embedding: truncatedDimensions ?? dimensions
    }
  }
}

/// The weights in a model's folder: how many numbers of which types, and their size.
private struct WeightFiles {
  private var parameterCount = 0
  private var byteCount = 0
  private var types: Set<SafetensorsType> = []

  /// Reads the tables of contents of all weight files in a folder and in those inside it.
  ///
  /// - Throws: `EmbedError` when one is damaged.
  init(folder: String) throws(EmbedError) {
    // A folder behind a link would look empty.
    let folder = URL(fileURLWithPath: folder).resolvingSymlinksInPath().path
    let paths = (try? FileManager.default.subpathsOfDirectory(atPath: folder)) ?? []
    for path in paths where path.hasSuffix(".safetensors") {
      for tensor in try SafetensorsFile(path: "\(folder)/\(path)").header.tensors {
        parameterCount += tensor.shape.reduce(1, *)
        byteCount += tensor.range.count
        types.insert(tensor.type)
      }
    }
  }

  /// The sums in words: `F32, 22.7 million parameters, 90.9 MB`.
  var summary: String {
    let names = types.map(\.rawValue).sorted().joined(separator: ", ")
    let millions = String(format: "%.1f", Double(parameterCount) / 1e6)
    let megabytes = String(format: "%.1f", Double(byteCount) / 1e6)
    return "\(names), \(millions) million parameters, \(megabytes) MB"
  }
}
