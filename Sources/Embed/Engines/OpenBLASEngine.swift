import Kernels
import Transformer

/// Products by OpenBLAS's sgemm, on one thread a call; the weights stay as they are in the model file.
struct OpenBLASEngine: MatrixEngine {
  private let openBLAS: OpenBLAS
  private let kernels: KernelSet

  init(_ openBLAS: OpenBLAS, kernels: KernelSet) {
    self.openBLAS = openBLAS
    self.kernels = kernels
  }

  func prepare(_ weight: StackedMatrix) -> WeightMatrix { weight.floats }

  func multiply(
    _ input: borrowing Activations, by layer: Linear<WeightMatrix>, epilogue: Epilogue,
    into output: inout Activations, scratch: inout ScratchMemory, loop: ParallelLoop
  ) {
    precondition(input.columns == layer.inputs && output.columns == layer.outputs)
    precondition(input.rows == output.rows)
    let (source, rows, target) = (input.pointer, Int32(input.rows), output.mutablePointer)
    let (inputs, outputs) = (Int32(layer.inputs), Int32(layer.outputs))
    var function = ActivationFunction.identity
    // What was in the output counts as much as this says.
    var beta: Float = 0
    if case .bias(let next) = epilogue {
      (function, beta) = (next, 1)
      for row in 0..<input.rows {
        (target + row * layer.outputs).update(from: layer.bias.pointer, count: layer.outputs)
      }
    }
    // The values of cblas.h.
    let (rowMajor, plain, transposed): (Int32, Int32, Int32) = (101, 111, 112)
    loop.forEachRange(of: layer.outputs) { _, range in
      openBLAS.multiply(
        rowMajor, plain, transposed, rows, Int32(range.count), inputs, 1, source, inputs,
        layer.weight.storage.pointer + range.lowerBound * layer.inputs, inputs, beta,
        target + range.lowerBound, outputs)
    }
    kernels.activate(&output, function)
  }
}
