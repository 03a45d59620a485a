import COpenBLAS
import Kernels
import Transformer

/// Products by OpenBLAS's sgemm, on one thread a call; the weights stay as they are in the model file.
struct OpenBLASEngine: MatrixEngine {
  private let kernels: KernelSet

  init(kernels: KernelSet) {
    self.kernels = kernels
    // The runtime's own workers run side by side; threads inside a call would fight them.
    openblas_set_num_threads(1)
  }

  func prepare(_ weight: WeightMatrix) -> WeightMatrix { weight }

  func multiply(
    _ input: borrowing Activations, by layer: Linear<WeightMatrix>, epilogue: Epilogue,
    into output: inout Activations, scratch: inout ScratchMemory, loop: ParallelLoop
  ) {
    precondition(input.columns == layer.inputs && output.columns == layer.outputs)
    precondition(input.rows == output.rows)
    let (source, rows, target) = (input.pointer, input.rows, output.mutablePointer)
    loop.forEachRange(of: layer.outputs) { _, range in
      cblas_sgemm(
        CblasRowMajor, CblasNoTrans, CblasTrans, blasint(rows), blasint(range.count),
        blasint(layer.inputs), 1, source, blasint(layer.inputs),
        layer.weight.storage.pointer + range.lowerBound * layer.inputs, blasint(layer.inputs), 0,
        target + range.lowerBound, blasint(layer.outputs))
    }
    if case .bias(let function) = epilogue {
      kernels.activate(&output, bias: layer.bias, function)
    }
  }
}
