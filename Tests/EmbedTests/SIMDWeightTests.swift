import Kernels
import Synchronization
import Testing

@testable import Embed

@Suite struct SIMDWeightTests {
  private func matrix(releasePages: (() -> Void)?) -> StackedMatrix {
    let memory = UnsafeMutablePointer<Float>.allocate(capacity: 6)
    memory.initialize(repeating: 1, count: 6)
    let storage = FloatStorage(memory, count: 6, releasePages: releasePages) {
      memory.deallocate()
    }
    return StackedMatrix(WeightMatrix(rows: 2, columns: 3, storage: storage))
  }

  private func isPacked(_ weight: SIMDWeight) -> Bool {
    if case .packed = weight.layout() { true } else { false }
  }

  @Test func `weights of a file are packed when they are used again, and their pages given back`()
    throws
  {
    let products = try KernelSet.selected(environment: [:]).products
    let packed = Atomic(0)
    let released = Atomic(0)
    let weight = SIMDWeight(matrix { released.add(1, ordering: .relaxed) }) {
      packed.add(1, ordering: .relaxed)
      return products.pack($0)
    }
    #expect(!isPacked(weight))
    #expect(packed.load(ordering: .relaxed) == 0)
    for _ in 0..<2 {
      #expect(isPacked(weight))
      #expect(packed.load(ordering: .relaxed) == 1)
      #expect(released.load(ordering: .relaxed) == 1)
    }
  }

  @Test func `weights that are in no file are packed at once`() throws {
    let products = try KernelSet.selected(environment: [:]).products
    #expect(isPacked(SIMDWeight(matrix(releasePages: nil)) { products.pack($0) }))
  }
}
