import Kernels
import Transformer

/// Products by this package's own kernels in one precision, over weights packed once at load.
struct SIMDEngine: MatrixEngine {
  private let products: MatrixProducts
  private let arena: WeightArena

  init(products: MatrixProducts, arena: WeightArena) {
    self.products = products
    self.arena = arena
  }

  func prepare(_ weight: WeightMatrix) -> PackedMatrix {
    products.pack(weight, storage: arena.storage)
  }

  func multiply(
    _ input: borrowing Activations, by layer: Linear<PackedMatrix>, epilogue: Epilogue,
    into output: inout Activations, scratch: inout ScratchMemory, loop: ParallelLoop
  ) {
    switch epilogue {
    case .none:
      products.multiply(input, by: layer.weight, into: &output, scratch: &scratch, loop: loop)
    case .bias(let function):
      products.multiply(
        input, by: layer.weight, bias: layer.bias, function, into: &output, scratch: &scratch,
        loop: loop)
    }
  }
}
