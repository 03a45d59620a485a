import EmbedCore
import KernelDispatch
import Kernels
import ModelFiles
import Transformer

extension LocalEmbedder {
  /// Loads a model for the engine that was asked for.
  ///
  /// - Throws: `EmbedError` with code `invalidOption` when this machine lacks it.
  static func loadModel(
    _ folder: ModelFolder, _ engine: Engine, _ precision: Precision, _ kernels: KernelSet
  ) throws(EmbedError) -> (any LocalModel, name: String) {
    switch engine {
    case .auto, .portable:
      // OpenBLAS has assembly for every CPU; our own kernels pass it where they have wide registers.
      let quickest: Engine = kernels.instructionSet == .baseline ? .openblas : .simd
      return try loadModel(folder, quickest, precision, kernels)
    case .openblas:
      let model = try SentenceModel(
        folder, engine: OpenBLASEngine(kernels: kernels), kernels: kernels)
      return (model, "openblas, \(kernels) kernels" + note(precision))
    case .simd:
      let products = kernels.products(in: precision.ofProducts) ?? kernels.products
      let model = try SentenceModel(
        folder, engine: SIMDEngine(products: products), kernels: kernels)
      return products.precision == .single
        ? (model, "simd, \(kernels) kernels" + note(precision))
        : (model, "simd, \(products.instructionSet) products, \(kernels) kernels")
    case .tiles:
      throw EmbedError(
        .invalidOption, "engine", expected: "auto, portable, openblas, simd",
        got: "'tiles', which this machine lacks")
    }
  }

  /// Where bfloat16 was asked for and single precision is computed, which is as exact and more.
  private static func note(_ precision: Precision) -> String {
    precision == .bf16 ? ", in f32: no products in bfloat16 here" : ""
  }
}

extension LocalEmbedder.Precision {
  /// What the factors of matrix products are rounded to.
  fileprivate var ofProducts: MatrixProducts.Precision {
    switch self {
    case .f32: .single
    case .bf16: .bfloat16
    }
  }
}
