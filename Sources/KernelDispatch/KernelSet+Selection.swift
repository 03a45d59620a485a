import CIntrinsics
package import Kernels
import KernelsAVX2
import KernelsAVX512
import KernelsAVX512BF16
import KernelsAVX512VNNI
import KernelsAVXVNNI
import KernelsBaseline

extension InstructionSet {
  /// Whether this CPU and its operating system have it.
  package var isSupported: Bool {
    #if arch(x86_64)
      switch self {
      case .baseline: true
      case .avx2: cpu_supports_x86_64_v3() != 0
      case .avx512: cpu_supports_x86_64_v4() != 0
      case .avxVNNI: cpu_supports_x86_64_v3() != 0 && cpu_supports_avx_vnni() != 0
      case .avx512VNNI: cpu_supports_x86_64_v4() != 0 && cpu_supports_avx512_vnni() != 0
      case .avx512BF16: cpu_supports_x86_64_v4() != 0 && cpu_supports_avx512_bf16() != 0
      }
    #else
      self == .baseline
    #endif
  }
}

extension InstructionSet {
  /// Whether products in bfloat16 are quicker here than in single precision.
  ///
  /// AVX512_BF16 does twice the work of AVX-512 an instruction. AMD's CPUs do as many of them in the same time, Intel's
  /// fewer than half.
  package static var hasQuickBFloat16: Bool {
    #if arch(x86_64)
      avx512BF16.isSupported && cpu_is_from_amd() != 0
    #else
      false
    #endif
  }
}

extension KernelSet {
  /// The kernels that this CPU can run, the quickest first.
  package static var available: [KernelSet] {
    // The CPU is asked first: making a set runs code of its module.
    var sets: [KernelSet] = []
    if InstructionSet.avx512.isSupported, let avx512 { sets.append(avx512) }
    if InstructionSet.avx2.isSupported, let avx2 { sets.append(avx2) }
    return sets + [.baseline]
  }

  /// The quickest kernels that this CPU can run.
  package static var quickest: KernelSet { available[0] }

  /// The kernels of the instruction set of that name, upper or lower case, if this CPU can run them.
  package static func named(_ name: String) -> KernelSet? {
    available.first { $0.instructionSet.description.lowercased() == name.lowercased() }
  }

  /// The products in a precision that go with these kernels, if this CPU can compute them.
  package func products(in precision: MatrixProducts.Precision) -> MatrixProducts? {
    // In this order, as above.
    switch (precision, instructionSet) {
    case (.single, _): products
    case (.bfloat16, .avx512): InstructionSet.avx512BF16.isSupported ? .avx512BF16 : nil
    case (.byteGroups, .avx512): InstructionSet.avx512VNNI.isSupported ? .avx512VNNI : nil
    case (.byteGroups, .avx2): InstructionSet.avxVNNI.isSupported ? .avxVNNI : nil
    case (.bfloat16, _), (.byteGroups, _): nil
    }
  }

  /// These kernels with attention in bfloat16, if this CPU can compute it.
  package var attendingInBFloat16: KernelSet? {
    guard instructionSet == .avx512, InstructionSet.avx512BF16.isSupported else { return nil }
    return AttentionKernel.avx512BF16.map { attending(by: $0) }
  }
}
