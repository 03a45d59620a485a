import KernelDispatch
import Kernels

/// One sequence that attends to itself, in single precision, and in bfloat16 where the CPU can.
///
/// Its two products alone count as operations, not the exponentials between them.
func registerAttention(_ set: KernelSet) {
  registerAttention(set, precision: "")
  if let rounding = set.attendingInBFloat16 { registerAttention(rounding, precision: ", bfloat16") }
}

private func registerAttention(_ set: KernelSet, precision: String) {
  let headCount = 12
  for (tokens, headSize) in [(18, 32), (64, 32), (256, 32), (256, 64)] {
    let hidden = headCount * headSize
    register(
      "attention \(headCount) heads of \(headSize), \(tokens) tokens\(precision)", set,
      .operations(4 * tokens * tokens * hidden)
    ) {
      var numbers = RandomNumbers()
      let queryKeyValue = numbers.activations(rows: tokens, columns: 3 * hidden)
      var context = Activations(columns: hidden)
      context.resize(rows: tokens)
      var scratch = ScratchMemory()
      return {
        set.attention(
          queryKeyValue, offsets: [0, tokens], headCount: headCount, context: &context,
          scratch: &scratch)
      }
    }
  }
}

/// The passes between the products.
///
/// The norm changes the same memory again and again; GELU, which would leave numbers too small for the CPU's quick path,
/// begins anew each time, which costs a copy.
func registerRowPasses(_ set: KernelSet) {
  let rows = 504
  register("layer norm of a sum, \(rows)x384", set, .rows(rows)) {
    var numbers = RandomNumbers()
    var x = numbers.activations(rows: rows, columns: 384)
    let y = numbers.activations(rows: rows, columns: 384)
    let bias = numbers.storage(384)
    let norm = LayerNorm(scale: numbers.storage(384), shift: numbers.storage(384), epsilon: 1e-12)
    return { set.addLayerNorm(&x, adding: y, bias: bias, norm) }
  }
  register("GELU, \(rows)x1536", set, .rows(rows)) {
    var numbers = RandomNumbers()
    let source = numbers.activations(rows: rows, columns: 1536)
    var x = Activations(columns: 1536)
    return {
      x.copy(source)
      set.activate(&x, .gelu)
    }
  }
}
