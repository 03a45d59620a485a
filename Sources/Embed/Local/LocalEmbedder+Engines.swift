import EmbedCore
import KernelDispatch
import Kernels
import ModelFiles
import Transformer

extension LocalEmbedder {
  /// Loads a model for the engine that was asked for.
  ///
  /// - Throws: `EmbedError` with code `invalidOption` when this machine lacks it, `resourceExhausted` when the process may
  ///   not have the memory.
  static func loadModel(
    _ folder: ModelFolder, _ engine: Engine, _ precision: Precision, _ kernels: KernelSet
  ) throws(EmbedError) -> (any LocalModel, name: String) {
    switch engine {
    case .auto, .portable:
      // OpenBLAS has assembly for every CPU; our own kernels pass it where they have wide registers.
      let isNarrow = kernels.instructionSet == .baseline
      let hasQuickerOpenBLAS = isNarrow && (try? OpenBLAS.shared()) != nil
      return try loadModel(folder, hasQuickerOpenBLAS ? .openblas : .simd, precision, kernels)
    case .openblas:
      let openBLAS = try OpenBLAS.shared()
      let engine = OpenBLASEngine(openBLAS, kernels: kernels)
      let model = try SentenceModel(folder, engine: engine, kernels: kernels)
      return (model, "openblas \(openBLAS.version), \(kernels) kernels" + remark(on: precision))
    case .simd:
      let products = kernels.products(in: precision.ofProducts) ?? kernels.products
      let engine = SIMDEngine(products: products, arena: try WeightArena(for: folder))
      let model = try SentenceModel(folder, engine: engine, kernels: kernels)
      return products.precision == .single
        ? (model, "simd, \(kernels) kernels" + remark(on: precision))
        : (model, "simd, \(products.instructionSet) products, \(kernels) kernels")
    case .tiles:
      throw EmbedError(
        .invalidOption, "engine", expected: "auto, portable, openblas, simd",
        got: "'tiles', which this machine lacks")
    }
  }

  /// Says that single precision is computed, which is more exact, where bfloat16 was asked for.
  private static func remark(on precision: Precision) -> String {
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
