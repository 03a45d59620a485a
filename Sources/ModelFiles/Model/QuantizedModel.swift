package import EmbedCore
import Foundation
import JSON
import Kernels
import Transformer

/// A copy of a model whose large matrices are of eight bits: the word embeddings and the linear layers of the encoder.
///
/// Each such tensor is of type I8, with the scales of its groups beside it, `(rows, groups)` in F32, under its name with
/// `_scale` behind; all others stay as they are. `config.json` has a `quantization_config`, without which other
/// programs would take the bytes for the weights.
package struct QuantizedModel {
  /// A file of the copy.
  package struct File {
    /// The path within the folder.
    package let path: String
    package let content: [UInt8]
  }

  private let folder: ModelFolder
  private let checkpoint: Checkpoint

  /// Takes a model to copy.
  ///
  /// - Throws: `EmbedError` with code `modelUnsupported` when it has no linear layers or is of eight bits already, and
  ///   as `ModelFolder.checkpoint`.
  package init(_ folder: ModelFolder) throws(EmbedError) {
    guard !folder.isTable, !folder.encoder.isQuantized else {
      throw EmbedError(
        .modelUnsupported, "nothing to quantize", expected: "linear layers of floats",
        got: folder.isTable ? "a table of vectors" : "a quantized model", at: folder.path.printable)
    }
    self.folder = folder
    checkpoint = try folder.checkpoint()
  }

  /// Hands out the files in the order in which they are to be written: before the last two, a folder is no model.
  ///
  /// - Throws: `EmbedError` naming the file or the tensor that cannot be read; what `body` throws.
  /// - Complexity: O(n) in the size of the model; all weights of the copy are in memory at once.
  package func forEachFile(_ body: (File) throws -> Void) throws {
    for path in copiedPaths { try body(File(path: path, content: try read(path))) }
    try body(File(path: encoderPath + Checkpoint.fileName, content: try weights()))
    if ModuleList.isDeclared(folder.path) {
      try body(File(path: ModuleList.fileName, content: try read(ModuleList.fileName)))
    }
    try body(File(path: configurationPath, content: configuration()))
  }

  private var configurationPath: String { encoderPath + "config.json" }

  /// The encoder's folder within the model's, empty or with its slash.
  private var encoderPath: String {
    let path = folder.encoder.folder.dropFirst(folder.path.count).drop { $0 == "/" }
    return path.isEmpty || path.hasSuffix("/") ? String(path) : path + "/"
  }

  /// All settings, vocabularies, heads and licences, but what `forEachFile` writes behind them.
  private var copiedPaths: [String] {
    let root = URL(fileURLWithPath: folder.path).resolvingSymlinksInPath().path
    let written = [ModuleList.fileName, configurationPath]
    let paths = (try? FileManager.default.subpathsOfDirectory(atPath: root)) ?? []
    return paths.filter { path in
      guard !written.contains(path), !Folder.isFolder(Folder.join(root, path)) else { return false }
      let name = path.split(separator: "/").last.map(String.init) ?? path
      if path.hasPrefix(encoderPath), path.dropFirst(encoderPath.count) == name,
        name.hasSuffix(".safetensors") || name.hasSuffix(".safetensors.index.json")
      {
        return false
      }
      return [".json", ".jsonl", ".txt", ".md", ".model", ".safetensors"].contains {
        name.hasSuffix($0)
      } || name.hasPrefix("LICENSE")
    }.sorted()
  }

  private func read(_ path: String) throws(EmbedError) -> [UInt8] {
    let file = try MappedFile(path: Folder.join(folder.path, path))
    return file.withBytes { Array($0) }
  }

  private func configuration() -> [UInt8] {
    var members = folder.config.members.filter { $0.key != Architecture.quantizationKey }
    members.append((Architecture.quantizationKey, Architecture.quantization))
    var writer = JSONWriter()
    writer.write(.object(members))
    writer.writeRaw("\n")
    return writer.bytes
  }

  /// The safetensors file.
  private func weights() throws(EmbedError) -> [UInt8] {
    let names = folder.architecture.names(in: checkpoint)
    let large = Set(
      names.largeMatrices(layerCount: folder.configuration.layerCount).map {
        checkpoint.prefix + $0
      })
    var file = SafetensorsContent()
    for tensor in checkpoint.tensors {
      guard large.contains(tensor.name), tensor.shape.count == 2 else {
        file.append(tensor.name, tensor.type, tensor.shape, try checkpoint.bytes(of: tensor))
        continue
      }
      let (rows, columns) = (tensor.shape[0], tensor.shape[1])
      let matrix = try checkpoint.wholeModel.finiteMatrix(
        tensor.name, rows: rows, columns: columns)
      let quantized = QuantizedMatrix.quantize(StackedMatrix([matrix]).floats)
      file.append(
        tensor.name, .signed8, tensor.shape, quantized.codes.map { UInt8(bitPattern: $0) })
      file.append(
        tensor.name + Checkpoint.scaleSuffix, .float32,
        [rows, QuantizedMatrix.groupCount(columns)],
        quantized.scales.flatMap { scale in
          (0..<4).map { UInt8(truncatingIfNeeded: scale.bitPattern >> (8 * $0)) }
        })
      checkpoint.releasePages()
    }
    return file.bytes
  }
}

/// What a safetensors file shall hold.
private struct SafetensorsContent {
  private var tensors: [(name: String, type: SafetensorsType, shape: [Int], bytes: [UInt8])] = []

  mutating func append(_ name: String, _ type: SafetensorsType, _ shape: [Int], _ bytes: [UInt8]) {
    tensors.append((name, type, shape, bytes))
  }

  /// The file: the length of the header, the header filled up with spaces, the tensors by the size of their numbers, so
  /// that all are aligned.
  var bytes: [UInt8] {
    let parts = tensors.sorted { $0.type.bitWidth > $1.type.bitWidth }
    var members: [(key: String, value: JSONValue)] = [
      ("__metadata__", .object([("format", .string("pt"))]))
    ]
    var end = 0
    for part in parts {
      let begin = end
      end += part.bytes.count
      let numbers = { (values: [Int]) in JSONValue.array(values.map { .number("\($0)") }) }
      members.append(
        (
          part.name,
          .object([
            ("dtype", .string(part.type.rawValue)), ("shape", numbers(part.shape)),
            ("data_offsets", numbers([begin, end])),
          ])
        ))
    }
    var writer = JSONWriter()
    writer.write(.object(members))
    let padding = -writer.bytes.count & 7
    let length = UInt64(writer.bytes.count + padding)
    var file = (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) }
    file.reserveCapacity(8 + Int(length) + end)
    file += writer.bytes
    file += [UInt8](repeating: 0x20, count: padding)
    for part in parts { file += part.bytes }
    return file
  }
}
