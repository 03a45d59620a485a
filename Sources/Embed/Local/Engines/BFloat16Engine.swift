import Kernels
import Transformer

/// Products in bfloat16 by vector instructions, over weights rounded and packed once at load.
struct BFloat16Engine: MatrixEngine {
  private let kernels: BFloat16Kernels
  private let arena = WeightArena()

  init(kernels: BFloat16Kernels) { self.kernels = kernels }

  func prepare(_ weight: WeightMatrix) -> PackedMatrix {
    kernels.pack(weight, storage: arena.storage)
  }

  func multiply(
    _ input: borrowing Activations, by layer: Linear<PackedMatrix>, epilogue: Epilogue,
    into output: inout Activations, scratch: inout Activations, loop: ParallelLoop
  ) {
    switch epilogue {
    case .none:
      kernels.multiply(input, by: layer.weight, into: &output, scratch: &scratch, loop: loop)
    case .bias(let activation):
      kernels.multiply(
        input, by: layer.weight, bias: layer.bias, activation, into: &output, scratch: &scratch,
        loop: loop)
    }
  }
}
