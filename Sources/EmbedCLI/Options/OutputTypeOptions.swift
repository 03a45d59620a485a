import ArgumentParser
import Embed
import Foundation

/// The type of the numbers that vectors are written in.
struct OutputTypeOptions: ParsableArguments {
  /// The types, as sentence-transformers calls them.
  enum OutputType: String, CaseIterable, ExpressibleByArgument {
    case float32
    case int8
    case uint8
    case binary
    case ubinary

    /// Whether it is made with the ranges of the dimensions.
    var needsRanges: Bool { self == .int8 || self == .uint8 }
  }

  @Option(help: "The type of the vectors' numbers.")
  var outputType: OutputType = .float32

  @Option(
    help: ArgumentHelp(
      "A NumPy file of vectors, or of minima and maxima, that gives int8 and uint8 their ranges.",
      valueName: "file"),
    completion: .file(extensions: ["npy"]))
  var calibration: String?

  func validate() throws {
    if outputType.needsRanges, calibration == nil {
      throw ValidationError(
        "--output-type \(outputType.rawValue) needs the range of each dimension: name a NumPy file "
          + "of vectors with --calibration.")
    }
    if calibration != nil, !outputType.needsRanges {
      throw ValidationError("--calibration is about --output-type int8 and uint8.")
    }
  }

  /// How vectors become integers; nil when they stay float32.
  ///
  /// - Throws: `EmbedError` when the file of the ranges cannot be read, or has none.
  func quantization() throws(EmbedError) -> Quantization? {
    switch outputType {
    case .float32: nil
    case .int8: .int8(try ranges())
    case .uint8: .uint8(try ranges())
    case .binary: .binary
    case .ubinary: .ubinary
    }
  }

  private func ranges() throws(EmbedError) -> QuantizationRanges {
    let path = calibration ?? ""
    var file = try NumpyFile(.open(path, flags: O_RDONLY))
    var ranges: QuantizationRanges?
    while let vectors = try file.next() {
      let part = try QuantizationRanges(of: vectors.map { Embedding(Array($0)) })
      if ranges == nil { ranges = part } else { try ranges?.formUnion(part) }
    }
    guard let ranges else {
      throw EmbedError(
        .invalidInput, "no vectors to take ranges of", expected: "at least one", got: "none",
        at: path)
    }
    return ranges
  }
}
