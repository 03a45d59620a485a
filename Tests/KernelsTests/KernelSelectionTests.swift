import KernelDispatch
import Kernels
import Testing

@Suite struct KernelSelectionTests {
  @Test func `the quickest kernels come first, those for every CPU last`() {
    let sets = KernelSet.available.map(\.instructionSet)
    #expect(sets == sets.sorted(by: >))
    #expect(sets.last == .baseline)
    #expect(KernelSet.quickest.instructionSet == sets.first)
    #expect(sets.allSatisfy { $0.isSupported })
  }

  @Test func `kernels are found by name in upper and lower case`() {
    for kernels in KernelSet.available {
      let name = "\(kernels)"
      #expect(KernelSet.named(name.lowercased())?.instructionSet == kernels.instructionSet)
      #expect(KernelSet.named(name.uppercased())?.instructionSet == kernels.instructionSet)
    }
    #expect(KernelSet.named("AVX3") == nil)
    #expect(KernelSet.named("") == nil)
  }

  @Test(arguments: KernelSet.available)
  func `products are of the precision that was asked for`(_ kernels: KernelSet) {
    #expect(kernels.products(in: .single)?.precision == .single)
    #expect(kernels.products(in: .single)?.instructionSet == kernels.instructionSet)
    let hasBFloat16 = kernels.instructionSet == .avx512 && InstructionSet.avx512BF16.isSupported
    #expect(kernels.products(in: .bfloat16)?.precision == (hasBFloat16 ? .bfloat16 : nil))
    #expect((kernels.attendingInBFloat16 != nil) == hasBFloat16)
    let hasByteGroups =
      switch kernels.instructionSet {
      case .avx512: InstructionSet.avx512VNNI.isSupported
      case .avx2: InstructionSet.avxVNNI.isSupported
      default: false
      }
    #expect(kernels.products(in: .byteGroups)?.precision == (hasByteGroups ? .byteGroups : nil))
  }
}
