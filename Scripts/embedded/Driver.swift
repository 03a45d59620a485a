import Kernels
import Transformer

// The entry points make the optimizer produce code for what they call, generics included, so that linking them shows
// what the modules need from the platform.

@_expose(wasm, "matrix_row_count")
@_cdecl("matrix_row_count")
public func matrixRowCount(_ rows: Int, _ columns: Int) -> Int {
  let storage = FloatStorage(count: rows * columns) { floats in
    for index in 0..<rows * columns { floats[index] = Float(index) }
  }
  return WeightMatrix(rows: rows, columns: columns, storage: storage).rows
}
