import Kernels
import Synchronization
import Transformer

/// Products by this package's own kernels in one precision, over weights packed when they are used again.
struct SIMDEngine: MatrixEngine {
  private let products: MatrixProducts
  private let arena: WeightArena

  init(products: MatrixProducts, arena: WeightArena) {
    self.products = products
    self.arena = arena
  }

  func prepare(_ weight: StackedMatrix) -> SIMDWeight {
    SIMDWeight(weight) { [products, arena] in products.pack($0, storage: arena.storage) }
  }

  func multiply(
    _ input: borrowing Activations, by layer: Linear<SIMDWeight>, epilogue: Epilogue,
    into output: inout Activations, scratch: inout ScratchMemory, loop: ParallelLoop
  ) {
    let (bias, function): (FloatStorage?, ActivationFunction) =
      switch epilogue {
      case .none: (nil, .identity)
      case .bias(let function): (layer.bias, function)
      }
    switch layer.weight.layout() {
    case .stored(let weight):
      products.multiply(
        input, by: weight, bias: bias, function, into: &output, scratch: &scratch, loop: loop)
      weight.releasePages()
    case .packed(let weight):
      products.multiply(
        input, by: weight, bias: bias, function, into: &output, scratch: &scratch, loop: loop)
    }
  }
}

/// Weights that are multiplied by where the file has them the first time, and packed when they are needed again.
///
/// A process that embeds one text uses them once; to pack them takes it longer than the text, most of that for memory
/// that the system clears first.
final class SIMDWeight: Sendable {
  enum Layout {
    case stored(StackedMatrix)
    case packed(PackedMatrix)
  }

  private let state: Mutex<(layout: Layout, isUsed: Bool)>
  private let pack: @Sendable (StackedMatrix) -> PackedMatrix

  /// Weights that are not in files, but in memory that they share with nobody, are packed at once.
  init(_ weight: StackedMatrix, pack: @escaping @Sendable (StackedMatrix) -> PackedMatrix) {
    self.pack = pack
    state = Mutex(
      weight.isInFiles ? (.stored(weight), isUsed: false) : (.packed(pack(weight)), isUsed: true))
  }

  /// How they are laid out for one product.
  func layout() -> Layout {
    state.withLock { state in
      if case .stored(let weight) = state.layout, state.isUsed {
        state.layout = .packed(pack(weight))
        weight.releasePages()
      }
      state.isUsed = true
      return state.layout
    }
  }
}
