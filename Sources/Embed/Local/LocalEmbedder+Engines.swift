import Kernels
import Transformer

extension LocalEmbedder {
  /// Loads a model for the engine that was asked for.
  ///
  /// - Throws: `EmbedError` with code `invalidOption` when this machine lacks it.
  static func loadModel(
    _ folder: ModelFolder, _ engine: Engine, _ precision: Precision, _ kernels: KernelSet
  ) throws(EmbedError) -> (any LocalModel, name: String) {
    guard precision == .f32 else {
      throw EmbedError(
        .invalidOption, "precision", expected: "f32", got: "'\(precision.rawValue)'")
    }
    switch engine {
    case .auto, .portable:
      // OpenBLAS has assembly for every CPU; our own kernels pass it where they have wide registers.
      let quickest: Engine = kernels.isBaseline ? .openblas : .simd
      return try loadModel(folder, quickest, precision, kernels)
    case .openblas:
      let model = try SentenceModel(
        folder, engine: OpenBLASEngine(kernels: kernels), kernels: kernels)
      return (model, "openblas, \(kernels.name) kernels")
    case .simd:
      let model = try SentenceModel(folder, engine: SIMDEngine(kernels: kernels), kernels: kernels)
      return (model, "simd, \(kernels.name) kernels")
    case .tiles:
      throw EmbedError(
        .invalidOption, "engine", expected: "auto, portable, openblas, simd",
        got: "'tiles', which this machine lacks")
    }
  }
}
