import EmbedCore
import KernelDispatch
import Kernels
import ModelFiles
import Transformer

/// What multiplies a model's matrices on this machine, and in which precision: what a choice of both comes to.
struct EngineSelection: Sendable {
  /// What multiplies.
  private enum Products {
    case openBLAS(OpenBLAS)
    /// Our own kernels, in the precision that is theirs.
    case packed(MatrixProducts)
  }

  private let products: Products
  /// Everything but the products.
  let kernels: KernelSet
  private let precision: LocalEmbedder.Precision

  /// Finds out what an engine and a precision mean for this machine: the quickest that keeps the precision's promise.
  ///
  /// - Throws: `EmbedError` with code `invalidOption` when the machine lacks the engine.
  init(
    _ engine: LocalEmbedder.Engine, _ precision: LocalEmbedder.Precision, kernels: KernelSet
  ) throws(EmbedError) {
    self.precision = precision
    switch engine {
    case .openblas:
      products = .openBLAS(try OpenBLAS.shared())
    case .simd:
      products = .packed(Self.packed(precision, kernels))
    case .auto, .portable:
      // OpenBLAS has assembly for every CPU; our own kernels pass it where they have wide registers.
      if kernels.instructionSet == .baseline, let openBLAS = try? OpenBLAS.shared() {
        products = .openBLAS(openBLAS)
      } else {
        products = .packed(Self.packed(precision, kernels))
      }
    default:
      preconditionFailure("an engine is one of allCases")
    }
    self.kernels = Self.kernels(kernels, beside: products)
  }

  /// The quickest of our own products that keep a precision's promise; single precision keeps all.
  private static func packed(
    _ precision: LocalEmbedder.Precision, _ kernels: KernelSet
  ) -> MatrixProducts {
    switch precision {
    case .int8: kernels.products(in: .byteGroups) ?? packed(.half, kernels)
    case .half where InstructionSet.hasQuickBFloat16:
      kernels.products(in: .bfloat16) ?? kernels.products
    default: kernels.products
    }
  }

  /// The same kernels; beside products of bytes, attention is in bfloat16 where that is quicker.
  ///
  /// Beside products in bfloat16 it is not: what it would cost large scores is more than those products cost.
  private static func kernels(_ kernels: KernelSet, beside products: Products) -> KernelSet {
    guard case .packed(let products) = products, products.precision == .byteGroups,
      InstructionSet.hasQuickBFloat16
    else { return kernels }
    return kernels.attendingInBFloat16 ?? kernels
  }

  /// Loads a model folder's weights.
  ///
  /// - Throws: `EmbedError` naming the tensor that is missing or damaged, or with code `resourceExhausted` when the
  ///   process may not have the memory.
  func load(_ folder: ModelFolder) throws(EmbedError) -> any LocalModel {
    switch products {
    case .openBLAS(let openBLAS):
      let engine = OpenBLASEngine(openBLAS, kernels: kernels)
      return try SentenceModel(folder, engine: engine, kernels: kernels)
    case .packed(let products):
      let engine = SIMDEngine(products: products, arena: try WeightArena(for: folder))
      return try SentenceModel(folder, engine: engine, kernels: kernels)
    }
  }

  /// Loads the weights of a re-ranker or a sparse model.
  ///
  /// - Throws: as `load(_:)`.
  func load(
    _ folder: ModelFolder, for task: ModelTask
  ) throws(EmbedError) -> any LocalHeadModel {
    switch products {
    case .openBLAS(let openBLAS):
      let engine = OpenBLASEngine(openBLAS, kernels: kernels)
      return try HeadModel(folder, for: task, engine: engine, kernels: kernels)
    case .packed(let products):
      let engine = SIMDEngine(products: products, arena: try WeightArena(for: folder))
      return try HeadModel(folder, for: task, engine: engine, kernels: kernels)
    }
  }
}

extension EngineSelection: CustomStringConvertible {
  /// What multiplies, for people: `simd, AVX512_BF16 products, AVX-512 kernels`.
  var description: String {
    let isReduced: Bool
    var text: String
    switch products {
    case .openBLAS(let openBLAS):
      text = "openblas \(openBLAS.version), \(kernels) kernels"
      isReduced = false
    case .packed(let products):
      isReduced = products.precision != .single
      text = isReduced ? "simd, \(products.instructionSet) products, " : "simd, "
      text += "\(kernels) kernels"
    }
    if precision != .f32, !isReduced {
      text += ", in f32: nothing of precision \(precision.rawValue) is quicker here"
    }
    return text
  }
}

extension KernelSet {
  /// The kernels that the environment's `EMBED_INSTRUCTION_SET` names, else the quickest.
  ///
  /// - Throws: `EmbedError` with code `invalidOption` when this machine has no instruction set of that name.
  static func selected(environment: [String: String]) throws(EmbedError) -> KernelSet {
    guard let name = environment["EMBED_INSTRUCTION_SET"], !name.isEmpty else { return .quickest }
    guard let kernels = named(name) else {
      let names = available.map { $0.description.lowercased() }
      throw EmbedError(
        .invalidOption, "invalid environment variable EMBED_INSTRUCTION_SET",
        expected: names.joined(separator: ", ") + " on this machine", got: name.quotedForMessage)
    }
    return kernels
  }
}
