/// What kernels are compiled for: the instructions that a CPU must have to run them.
///
/// In the order of their registers, extensions behind what they extend; a CPU that has one has those before it, but for
/// the extensions.
@usableFromInline
package enum InstructionSet: Sendable, Hashable, Comparable, CaseIterable {
  /// What every CPU of the architecture has: SSE2, NEON, or WebAssembly's 128 bits.
  case baseline
  /// AVX2 and FMA: x86-64-v3.
  case avx2
  /// AVX2 with sums of products of bytes: AVX-VNNI.
  case avxVNNI
  /// AVX-512 F, BW, CD, DQ and VL: x86-64-v4.
  case avx512
  /// AVX-512 with sums of products of bytes: AVX512_VNNI.
  case avx512VNNI
  /// AVX-512 with products in bfloat16: AVX512_BF16.
  case avx512BF16
}

extension InstructionSet: CustomStringConvertible {
  /// The name, for people.
  @usableFromInline package var description: String {
    switch self {
    case .baseline: "baseline"
    case .avx2: "AVX2"
    case .avxVNNI: "AVX-VNNI"
    case .avx512: "AVX-512"
    case .avx512VNNI: "AVX512_VNNI"
    case .avx512BF16: "AVX512_BF16"
    }
  }
}

/// The kernels of one instruction set.
///
/// The module `KernelsBaseline` holds the set that runs everywhere; `KernelsAVX2` and `KernelsAVX512` hold the others,
/// which must only be called on CPUs that have their instructions. All matrices are row-major.
@usableFromInline
package struct KernelSet: Sendable {
  /// What a CPU must have to run these kernels.
  @usableFromInline package let instructionSet: InstructionSet
  /// Matrix products in single precision.
  @usableFromInline package let products: MatrixProducts
  /// Squared Euclidean distances of rows, by the loops of the product: their differences are squared and summed.
  @usableFromInline package let squaredDistances: MatrixProducts
  @usableFromInline let activateRows: @Sendable (ActivationPass) -> Void
  @usableFromInline let layerNormRow: @Sendable (LayerNormPass) -> Void
  @usableFromInline var attentionKernel: AttentionKernel
  @usableFromInline let addScaledRow:
    @Sendable (
      _ sum: UnsafeMutablePointer<Float>, _ row: UnsafePointer<Float>, _ factor: Float,
      _ columns: Int
    ) -> Void
  @usableFromInline let maximumRow:
    @Sendable (
      _ largest: UnsafeMutablePointer<Float>, _ row: UnsafePointer<Float>, _ columns: Int
    ) -> Void
  @usableFromInline let multiplyRegisters: @Sendable (_ rounds: Int) -> Float
  @usableFromInline let blocks: BlockKernels
  @usableFromInline let search: SearchKernels

  /// Instantiates every kernel for a vector unit; to be called in a module compiled for its instruction set.
  @inlinable @inline(__always)
  package init<Unit: VectorUnit>(_ instructionSet: InstructionSet, _ unit: Unit.Type) {
    self.instructionSet = instructionSet
    products = MatrixProducts(instructionSet, single: SinglePrecision<Unit>.self)
    squaredDistances = MatrixProducts(instructionSet, single: SquaredDifferences<Unit>.self)
    activateRows = { Unit.activate($0) }
    layerNormRow = { Unit.layerNorm($0) }
    blocks = BlockKernels(unit)
    search = SearchKernels(unit)
    attentionKernel = AttentionKernel(SinglePrecision<Unit>.self)
    addScaledRow = { Unit.addScaled($0, $1, factor: $2, columns: $3) }
    maximumRow = { Unit.takeMaximum($0, $1, columns: $2) }
    multiplyRegisters = { Unit.multiplyRegisters(rounds: $0) }
  }
}

extension KernelSet {
  /// The same kernels with another attention, which this CPU must be able to compute.
  package func attending(by kernel: AttentionKernel) -> KernelSet {
    var kernels = self
    kernels.attentionKernel = kernel
    return kernels
  }
}

extension KernelSet: CustomStringConvertible {
  /// The name of the instruction set, for people.
  @usableFromInline package var description: String { instructionSet.description }
}

extension KernelSet {
  /// `x = function(x)`; `x`: `(rows, columns)`.
  ///
  /// - Complexity: O(`rows * columns`).
  package func activate(_ x: inout Activations, _ function: ActivationFunction) {
    activateRows(
      ActivationPass(
        x: x.mutablePointer, rows: x.rows, columns: x.columns, stride: x.columns,
        function: function))
  }

  /// `x = norm(x + y + bias)`; `x`, `y`: `(rows, columns)`, `bias`: `(columns)`.
  package func addLayerNorm(
    _ x: inout Activations, adding y: borrowing Activations, bias: FloatStorage, _ norm: LayerNorm
  ) {
    let columns = x.columns
    precondition(
      y.columns == columns && y.rows == x.rows && bias.count == columns
        && norm.scale.count == columns, "operands of a sum have the same shape")
    for row in 0..<x.rows {
      let target = x.mutablePointer + row * columns
      layerNormRow(
        LayerNormPass(
          output: target, a: target, added: (y.pointer + row * columns, bias.pointer),
          scale: norm.scale.pointer, shift: norm.shift.pointer, epsilon: norm.epsilon,
          columns: columns))
    }
  }

  /// Row `row` of `x` becomes `norm(a[i] + b[j] + c[k])`, rows of a table and of two weight matrices.
  package func addLayerNorm(
    _ x: inout Activations, row: Int, _ a: (StoredMatrix, row: Int),
    _ b: (WeightMatrix, row: Int), _ c: (WeightMatrix, row: Int), _ norm: LayerNorm
  ) {
    precondition(x.columns == norm.scale.count, "a norm has one value a column")
    let target = x.mutablePointer + row * x.columns
    layerNormRow(
      LayerNormPass(
        output: target, a: a.0.row(a.row, orAt: target),
        added: (b.0.row(b.row), c.0.row(c.row)), scale: norm.scale.pointer,
        shift: norm.shift.pointer, epsilon: norm.epsilon, columns: x.columns))
  }

  /// `x = norm(x)`; `x`: `(rows, columns)`.
  ///
  /// - Complexity: O(rows · columns).
  package func layerNorm(_ x: inout Activations, _ norm: LayerNorm) {
    precondition(norm.scale.count == x.columns, "a norm has one value a column")
    for row in 0..<x.rows {
      let target = x.mutablePointer + row * x.columns
      layerNormRow(
        LayerNormPass(
          output: target, a: target, added: nil, scale: norm.scale.pointer,
          shift: norm.shift.pointer, epsilon: norm.epsilon, columns: x.columns))
    }
  }

  /// Attention of each sequence over itself.
  ///
  /// - `queryKeyValue`: `(tokens, 3 * hidden)`; `context`: `(tokens, hidden)`.
  /// - `offsets`: where each sequence starts, and the end of the last.
  /// - `bias`: what is added to the scores after scaling; `reach`: how many places away the keys are that count, nil
  ///   for all; `scale`: what the scores of a sequence are multiplied by, beside the root of the size of a head.
  /// - Complexity: O(n² · hidden) for a sequence of n tokens.
  package func attention(
    _ queryKeyValue: borrowing Activations, offsets: [Int], headCount: Int,
    bias: AttentionBias? = nil, reach: Int? = nil, scale: ((_ tokens: Int) -> Float)? = nil,
    context: inout Activations, scratch: inout ScratchMemory, loop: ParallelLoop = .serial
  ) {
    let hidden = context.columns
    precondition(
      queryKeyValue.columns == 3 * hidden && context.rows == queryKeyValue.rows
        && hidden % headCount == 0, "queries, keys and values are as wide as the context")
    precondition(offsets.last == context.rows, "the sequences cover all rows")
    let headSize = hidden / headCount
    for index in 0..<offsets.count - 1 {
      let start = offsets[index]
      let tokens = offsets[index + 1] - start
      precondition(tokens > 0, "a sequence has tokens")
      precondition(
        bias.map { $0.heads == headCount && tokens <= $0.maximumLength } ?? true,
        "a bias has every head and every offset")
      // Whole cache lines for each part of the loop.
      let partSize = (4 * attentionKernel.scratchSize(tokens, headSize) + 63) / 64 * 64
      let parts = scratch.reserve(byteCount: loop.rangeCount(headCount) * partSize)
      let source = queryKeyValue.pointer + start * 3 * hidden
      let target = context.mutablePointer + start * hidden
      loop.forEachRange(of: headCount) { number, heads in
        attentionKernel.attendHeads(
          AttentionPass(
            queryKeyValue: source, tokens: tokens, heads: heads, hidden: hidden,
            headSize: headSize, scale: (scale?(tokens) ?? 1) / Float(headSize).squareRoot(),
            bias: bias, reach: reach, context: target,
            scratch: (parts + number * partSize).assumingMemoryBound(to: Float.self)))
      }
    }
  }

  /// Sums rows with weights: `sum += Σ factor(i) * x[i]` over a range of rows.
  ///
  /// - `sum`: `(columns)`; `factor` gets the row's place within the range.
  package func addRows(
    of x: borrowing Activations, _ rows: Range<Int>, into sum: inout [Float],
    factor: (_ place: Int) -> Float
  ) {
    precondition(rows.upperBound <= x.rows && sum.count == x.columns, "rows of the matrix")
    let columns = x.columns
    let source = x.pointer
    sum.withUnsafeMutableBufferPointer { sum in
      guard let target = sum.baseAddress else { return }
      for row in rows {
        addScaledRow(target, source + row * columns, factor(row - rows.lowerBound), columns)
      }
    }
  }

  /// Sums rows of a table: `sum += factor * Σ table[i]`; `sum`: `(columns)`.
  ///
  /// - Precondition: the table has all the rows.
  package func addRows(
    of table: WeightMatrix, _ rows: ArraySlice<Int32>, into sum: inout [Float], factor: Float
  ) {
    precondition(sum.count == table.columns, "a sum has a component for every column")
    sum.withUnsafeMutableBufferPointer { sum in
      guard let target = sum.baseAddress else { return }
      for row in rows { addScaledRow(target, table.row(Int(row)), factor, table.columns) }
    }
  }

  /// `largest = max(largest, x[i])` over a range of rows, NaN where one is; `largest`: `(columns)`.
  package func takeMaximum(
    of x: borrowing Activations, _ rows: Range<Int>, into largest: inout [Float]
  ) {
    precondition(rows.upperBound <= x.rows && largest.count == x.columns, "rows of the matrix")
    let columns = x.columns
    let source = x.pointer
    largest.withUnsafeMutableBufferPointer { largest in
      guard let target = largest.baseAddress else { return }
      for row in rows { maximumRow(target, source + row * columns, columns) }
    }
  }

  /// Multiplies and adds in registers alone, as quickly as the CPU can: the peak that products are measured by.
  ///
  /// Returns the number of floating-point operations, and a number that depends on all of them.
  /// - Complexity: O(`rounds`).
  package func multiplyInRegisters(rounds: Int) -> (operations: Int, result: Float) {
    (24 * products.panelWidth / 2 * rounds, multiplyRegisters(rounds))
  }
}
