package import EmbedCore
import JSON
package import Kernels

/// The weights in a folder, in one safetensors file or in shards, under the names of the bare model.
///
/// A file made from a larger model has a prefix in front of every name, such as `bert.`; it is found once, at the
/// start of the names and nowhere else.
package struct Checkpoint: Sendable {
  /// The weights' name in a model folder.
  package static let fileName = "model.safetensors"
  /// What stands behind the name of a matrix of bytes in the name of its scales.
  static let scaleSuffix = "_scale"
  /// What stands in front of the model's own names in the file.
  package private(set) var prefix: String
  private let files: [SafetensorsFile]
  /// Which of `files` has a tensor, by its full name.
  private let fileIndices: [BytewiseString: Int]
  /// The file or the index, for messages.
  let source: String

  /// Opens `model.safetensors` in a folder, or else the shards that `model.safetensors.index.json` lists.
  ///
  /// - Parameters:
  ///   - anchor: A tensor that every such model has, which tells the prefix; nil when names have none.
  ///   - models: What larger models call this one, such as `bert`.
  ///
  /// Throws `fileInaccessible` when a file is missing, `fileDamaged` when one breaks the format, and
  /// `modelUnsupported` when the weights are in another format or the anchor is not found.
  package init(
    folder: String, anchor: String? = nil, models: [String] = []
  ) throws(EmbedError) {
    let single = Folder.join(folder, Self.fileName)
    let index = Folder.join(folder, SafetensorsIndex.fileName)
    if Folder.exists(single) {
      source = single
      files = [try SafetensorsFile(path: single)]
      fileIndices = Dictionary(
        uniqueKeysWithValues: files[0].header.tensors.map { (BytewiseString($0.name), 0) })
    } else if Folder.exists(index) {
      source = index
      (files, fileIndices) = try Self.shards(of: index, in: folder)
    } else {
      throw Self.missing(in: folder)
    }
    if let anchor {
      prefix = try Self.prefix(anchor, models: models, in: fileIndices, source: source)
    } else {
      prefix = ""
    }
  }

  /// The same weights under their full names, those of heads behind the encoder too.
  var wholeModel: Checkpoint {
    var checkpoint = self
    checkpoint.prefix = ""
    return checkpoint
  }

  /// All tensors, under their full names.
  var tensors: [SafetensorsHeader.Tensor] {
    files.indices.flatMap { index in
      files[index].header.tensors.filter { fileIndices[BytewiseString($0.name)] == index }
    }
  }

  /// The bytes of one of `tensors`, as they are.
  ///
  /// - Complexity: O(n) in their number.
  func bytes(of tensor: SafetensorsHeader.Tensor) throws(EmbedError) -> [UInt8] {
    try wholeModel.file(of: tensor.name).rawBytes(tensor)
  }

  /// The hash of each file.
  ///
  /// - Complexity: O(n) in the sizes of the files.
  var hashes: [UInt64] { files.map(\.hash) }

  /// Whether there is a tensor of that name, behind the prefix.
  package func contains(_ name: String) -> Bool {
    fileIndices[BytewiseString(prefix + name)] != nil
  }

  /// A matrix of exactly that shape; `(rows, columns)` = (outputs, inputs) for a linear layer.
  ///
  /// Throws `fileDamaged` when there is no such tensor or it has another shape, and `modelUnsupported` when its
  /// numbers are neither F32, F16, BF16 nor I8 with scales beside them.
  ///
  /// - Complexity: O(1) for aligned F32, which is used where it is mapped, else O(`rows * columns`).
  package func matrix(
    _ name: String, rows: Int, columns: Int
  ) throws(EmbedError) -> WeightMatrix {
    if let quantized = try quantized(name, rows: rows, columns: columns) { return quantized.floats }
    let storage = try floats(name, shape: [rows, columns])
    return WeightMatrix(rows: rows, columns: columns, storage: storage)
  }

  /// A matrix of exactly that shape; bytes stay bytes.
  ///
  /// Throws as `matrix` does.
  ///
  /// - Complexity: O(1) for aligned F32 and for I8, which are used where they are mapped, else O(`rows * columns`).
  func storedMatrix(
    _ name: String, rows: Int, columns: Int
  ) throws(EmbedError) -> StoredMatrix {
    if let quantized = try quantized(name, rows: rows, columns: columns) {
      return .bytes(quantized)
    }
    return .floats(
      WeightMatrix(
        rows: rows, columns: columns, storage: try floats(name, shape: [rows, columns])))
  }

  /// A matrix of I8 with a tensor of scales beside it, named like it with `scaleSuffix` behind; nil for other types.
  private func quantized(
    _ name: String, rows: Int, columns: Int
  ) throws(EmbedError) -> QuantizedMatrix? {
    let scales = name + Self.scaleSuffix
    let file = try file(of: name)
    guard file.header[prefix + name]?.type == .signed8, contains(scales) else { return nil }
    return QuantizedMatrix(
      rows: rows, columns: columns,
      codes: try file.signedBytes(prefix + name, shape: [rows, columns]),
      scales: try floats(scales, shape: [rows, QuantizedMatrix.groupCount(columns)]))
  }

  /// A vector of exactly that many numbers.
  ///
  /// Throws as `matrix` does.
  ///
  /// - Complexity: O(`count`).
  package func vector(_ name: String, count: Int) throws(EmbedError) -> [Float] {
    let storage = try floats(name, shape: [count])
    try requireFinite(storage, name)
    return storage.values
  }

  /// The shape of a tensor.
  ///
  /// Throws `fileDamaged` when there is no such tensor.
  func shape(_ name: String) throws(EmbedError) -> [Int] {
    let file = try file(of: name)
    return file.header[prefix + name]?.shape ?? []
  }

  /// The numbers of a tensor of any floats or of I8, for what is a table of numbers and nothing else.
  ///
  /// Throws as `matrix` does.
  func anyNumbers(_ name: String, shape: [Int]) throws(EmbedError) -> FloatStorage {
    try file(of: name).anyNumbers(prefix + name, shape: shape)
  }

  /// The whole numbers of a tensor of I32 or I64.
  ///
  /// Throws as `matrix` does.
  func integers(_ name: String, shape: [Int]) throws(EmbedError) -> [Int] {
    try file(of: name).integers(prefix + name, shape: shape)
  }

  /// A layer norm's scale and shift, by their names in PyTorch or by the older ones, gamma and beta; without a bias,
  /// the shift is 0.
  ///
  /// Throws as `matrix` does.
  ///
  /// - Complexity: O(`count`).
  package func layerNorm(
    _ name: String, count: Int, hasBias: Bool = true
  ) throws(EmbedError) -> (weight: [Float], bias: [Float]) {
    let hasOldNames = !contains("\(name).weight") && contains("\(name).gamma")
    let biasName = "\(name).\(hasOldNames ? "beta" : "bias")"
    return (
      weight: try vector("\(name).\(hasOldNames ? "gamma" : "weight")", count: count),
      bias: hasBias ? try vector(biasName, count: count) : [Float](repeating: 0, count: count)
    )
  }

  /// Gives the memory back that the files' content takes in this process; what is needed again is read again.
  ///
  /// To be called when weights were copied that are then used no more, as when an engine has packed a layer's.
  func releasePages() { for file in files { file.releasePages() } }

  private func floats(_ name: String, shape: [Int]) throws(EmbedError) -> FloatStorage {
    try file(of: name).floats(prefix + name, shape: shape)
  }

  private func file(of name: String) throws(EmbedError) -> SafetensorsFile {
    guard let index = fileIndices[BytewiseString(prefix + name)] else {
      throw SafetensorsError.tensorNotFound(prefix + name).embedError(in: source)
    }
    return files[index]
  }

  /// Checks that weights are numbers, none infinite.
  ///
  /// - Throws: `EmbedError` with code `fileDamaged`.
  /// - Complexity: O(number of weights); the whole tensor is read.
  func requireFinite(_ weights: FloatStorage, _ name: String) throws(EmbedError) {
    guard !weights.isFinite else { return }
    let first = weights.values.first { !$0.isFinite } ?? .nan
    throw EmbedError(
      .fileDamaged, "weights of tensor \((prefix + name).printable)", expected: "finite numbers",
      got: "\(first)", at: source)
  }
}

// MARK: - Opening

extension Checkpoint {
  private static func shards(
    of indexPath: String, in folder: String
  ) throws(EmbedError) -> ([SafetensorsFile], [BytewiseString: Int]) {
    let index = try SafetensorsIndex(path: indexPath)
    var files: [SafetensorsFile] = []
    var shardIndices: [BytewiseString: Int] = [:]
    var fileIndices: [BytewiseString: Int] = [:]
    for (tensor, shard) in index.entries {
      let fileIndex: Int
      if let known = shardIndices[BytewiseString(shard)] {
        fileIndex = known
      } else {
        fileIndex = files.count
        files.append(try SafetensorsFile(path: Folder.join(folder, shard)))
        shardIndices[BytewiseString(shard)] = fileIndex
      }
      guard files[fileIndex].header[tensor] != nil else {
        throw EmbedError(
          .fileDamaged, "tensor not in its shard",
          expected: "\(tensor.printable) in \(shard.printable)", got: "no such tensor",
          at: indexPath)
      }
      fileIndices[BytewiseString(tensor)] = fileIndex
    }
    return (files, fileIndices)
  }

  private static func prefix(
    _ anchor: String, models: [String], in names: [BytewiseString: Int], source: String
  ) throws(EmbedError) -> String {
    let prefixes =
      ["", "model."] + models.flatMap { ["\($0).", "\($0).model.", "model.\($0)."] }
    let found = prefixes.filter { names[BytewiseString($0 + anchor)] != nil }
    guard let prefix = found.first, found.count == 1 else {
      let spellings = prefixes.map { $0 + anchor }.joined(separator: ", ")
      throw EmbedError(
        .modelUnsupported, "cannot tell the names of the tensors",
        expected: "one of \(spellings)",
        got: found.isEmpty ? "none" : "\(found.map { $0 + anchor }.joined(separator: ", "))",
        at: source)
    }
    return prefix
  }

  private static func missing(in folder: String) -> EmbedError {
    let others = ["pytorch_model.bin", "pytorch_model.bin.index.json", "tf_model.h5"]
    if let other = others.first(where: { Folder.exists(Folder.join(folder, $0)) }) {
      return EmbedError(
        .modelUnsupported, "unsupported weights",
        expected: "\(fileName); save the model again with sentence-transformers or transformers, "
          + "which write it",
        got: "only \(other)", at: folder)
    }
    return EmbedError(
      .fileInaccessible, "missing weights",
      expected: "\(fileName) or \(SafetensorsIndex.fileName)", got: "neither", at: folder)
  }
}
