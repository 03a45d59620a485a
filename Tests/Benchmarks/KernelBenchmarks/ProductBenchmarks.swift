import Benchmark
import KernelDispatch
import Kernels

/// The quickest that products can be: multiplying and adding in registers alone.
func registerRegisters(_ set: KernelSet) {
  let rounds = 100_000
  let operations = rounds * set.multiplyInRegisters(rounds: 1).operations
  register("registers", set, .operations(operations)) {
    { blackHole(set.multiplyInRegisters(rounds: rounds)) }
  }
}

/// The four products of a layer of MiniLM, for a batch, a query of 18 tokens and a single row.
func registerProducts(_ set: KernelSet) {
  let shapes = [(1152, 384), (384, 384), (1536, 384), (384, 1536)]
  for (precision, name) in precisions {
    guard let products = set.products(in: precision) else { continue }
    for rows in [504, 18, 1] {
      for (outputs, inputs) in shapes {
        register(
          "products \(name), \(rows) by \(outputs)x\(inputs)", set,
          .operations(2 * rows * outputs * inputs)
        ) {
          var numbers = RandomNumbers()
          let input = numbers.activations(rows: rows, columns: inputs)
          let weight = WeightMatrix(
            rows: outputs, columns: inputs, storage: numbers.storage(outputs * inputs))
          let packed = products.pack(StackedMatrix(weight))
          var output = Activations(columns: outputs)
          output.resize(rows: rows)
          var scratch = ScratchMemory()
          return { products.multiply(input, by: packed, into: &output, scratch: &scratch) }
        }
      }
    }
  }
}

/// What products in lower precisions begin with.
func registerRounding(_ set: KernelSet) {
  let (rows, columns) = (504, 384)
  for (precision, name) in precisions where precision != .single {
    guard let products = set.products(in: precision) else { continue }
    register("rounding to \(name), \(rows)x\(columns)", set, .rows(rows)) {
      var numbers = RandomNumbers()
      let input = numbers.activations(rows: rows, columns: columns)
      var scratch = ScratchMemory()
      let size = products.laneSize(rows: rows, columns: columns)
      return { blackHole(products.lanes(of: input, scratch.reserve(byteCount: size)).0) }
    }
  }
}

private let precisions: [(MatrixProducts.Precision, name: String)] = [
  (.single, "f32"), (.bfloat16, "bfloat16"), (.byteGroups, "int8"),
]
