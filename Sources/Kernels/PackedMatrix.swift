/// A weight matrix laid out once for the product's inner loop: `(panels, inputs, panelWidth)`.
///
/// Made by `KernelSet.pack`, for that kernel set alone.
package struct PackedMatrix: Sendable {
  package let outputs: Int
  package let inputs: Int
  /// `(ceil(outputs / panelWidth), inputs, panelWidth)`, zeros past the outputs.
  let panels: FloatStorage
  let panelWidth: Int
}
