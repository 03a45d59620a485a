import Benchmark
import KernelDispatch
import Kernels

/// One query compared with many vectors: in single precision with what picks the nearest, else by the kernel alone.
func registerSearch(_ set: KernelSet) {
  let (count, columns) = (10_000, 384)
  func register(_ name: String, prepare: @escaping () -> () -> Void) {
    KernelBenchmarks.register(
      "search \(name), \(count)x\(columns)", set, .rows(count), prepare: prepare)
  }
  register("f32") {
    var numbers = RandomNumbers()
    var vectors = VectorMatrix(dimensions: columns, kernels: set)
    vectors.reserveCapacity(count)
    for _ in 0..<count { vectors.append(numbers.array(columns)) }
    var query = VectorMatrix(dimensions: columns, kernels: set)
    query.append(numbers.array(columns))
    return { blackHole(vectors.nearest(to: query, count: 10, by: .dot)) }
  }
  register("16 bits") {
    var numbers = RandomNumbers()
    let codes = numbers.array(count * columns).map { Int16(32_767 * $0) }
    let (query, factors) = (numbers.array(columns), numbers.array(count))
    var output = [Float](repeating: 0, count: count)
    return {
      set.wordProducts(
        codes, count: count, columns: columns, with: query, factors: factors, into: &output)
    }
  }
  register("8 bits") {
    var numbers = RandomNumbers()
    let codes = numbers.array(count * columns).map { Int8(127 * $0) }
    let query = numbers.array(columns).map { Int16(32_767 * $0) }
    let factors = numbers.array(count)
    var output = [Float](repeating: 0, count: count)
    return {
      set.codeProducts(
        codes, count: count, columns: columns, with: query, factors: factors, into: &output)
    }
  }
  register("signs") {
    var numbers = RandomNumbers()
    let words = columns / 64
    let rows = numbers.array(count * words).map { UInt64($0.bitPattern) << 32 }
    let query = Array(rows.prefix(words))
    var output = [Float](repeating: 0, count: count)
    return { set.equalBits(rows, count: count, words: words, with: query, into: &output) }
  }
}
