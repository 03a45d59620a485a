/// A weight matrix laid out once for the product's inner loop: `(panels, inputs, panelWidth)`.
///
/// Made by `KernelSet.pack` or `BFloat16Kernels.pack`, for those kernels alone; an input of the latter is a pair.
package struct PackedMatrix: Sendable {
  package let outputs: Int
  package let inputs: Int
  /// `(panelCount, inputs, panelWidth)`, zeros past the outputs.
  let panels: FloatStorage
  let panelCount: Int
  let panelWidth: Int
}
