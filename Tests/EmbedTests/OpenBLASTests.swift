import EmbedCore
import EmbedTestSupport
import Foundation
import Testing

@testable import Embed

/// Loading OpenBLAS, which must be installed where the tests run.
@Suite(.serialized) struct OpenBLASTests {
  @Test func `multiplies, and tells its version and core`() throws {
    let library = try OpenBLAS(names: OpenBLAS.libraryNames)
    let (a, b): ([Float], [Float]) = ([1, 2, 3, 4, 5, 6], [1, 0, 2, 0, 1, 0])
    var c = [Float](repeating: 0, count: 4)
    // (2, 3) times the transposed (2, 3).
    library.multiply(101, 111, 112, 2, 2, 3, 1, a, 3, b, 3, 0, &c, 2)
    #expect(c == [7, 2, 16, 5])
    #expect(library.version.contains(/^[0-9]+\.[0-9]+.* \w+$/))
  }

  @Test func `uses the registers that this CPU has`() async {
    await #expect(processExitsWith: .success) {
      unsetenv("OPENBLAS_CORETYPE")
      let core = try OpenBLAS(names: OpenBLAS.libraryNames).version.split(separator: " ").last
      try #require(OpenBLAS.betterCore(than: String(core ?? "")) == nil)
    }
  }

  #if arch(x86_64)
    @Test func `is loaded again for a better core`() async {
      // In a process of its own, where nobody else has loaded it.
      await #expect(processExitsWith: .success) {
        unsetenv("OPENBLAS_CORETYPE")
        let library = try OpenBLAS(names: OpenBLAS.libraryNames) { _ in "Nehalem" }
        try #require(library.version.hasSuffix(" Nehalem"))
        var product: Float = 0
        library.multiply(101, 111, 112, 1, 1, 2, 1, [2, 3], 2, [4, 5], 2, 0, &product, 1)
        try #require(product == 23)
      }
    }

    @Test func `has the core that the environment names`() async {
      await #expect(processExitsWith: .success) {
        setenv("OPENBLAS_CORETYPE", "Prescott", 1)
        let library = try OpenBLAS(names: OpenBLAS.libraryNames) { _ in "Nehalem" }
        try #require(library.version.hasSuffix(" Prescott"))
      }
    }
  #endif

  @Test func `an old core is bettered, one that fits is not`() {
    #if arch(x86_64)
      let best = OpenBLAS.betterCore(than: "Prescott")
      #expect(["SkylakeX", "Haswell", nil].contains(best))
      #expect(OpenBLAS.betterCore(than: "Unknown") == best)
      if let best { #expect(OpenBLAS.betterCore(than: best) == nil) }
      #expect(OpenBLAS.betterCore(than: "SapphireRapids") == nil)
    #else
      #expect(OpenBLAS.betterCore(than: "ARMV8") == nil)
    #endif
  }

  @Test func `leaves the environment as it was`() throws {
    let names = ["OPENBLAS_NUM_THREADS", "OPENBLAS_CORETYPE"]
    func values() -> [String?] { names.map { getenv($0).map { String(cString: $0) } } }
    let before = values()
    _ = try OpenBLAS(names: OpenBLAS.libraryNames)
    #expect(values() == before)
  }

  @Test func `a library that is missing is named, with what to install`() {
    let error = #expect(throws: EmbedError.self) {
      try OpenBLAS(names: ["libno-such-blas.so.0", "libno-such-blas.so"])
    }
    #expect(error?.code == .invalidOption)
    #expect(error?.what == "engine openblas not available")
    #expect(error?.expected?.contains("libopenblas0") == true)
    #expect(error?.got?.contains("libno-such-blas.so.0") == true)
  }

  @Test func `a library without the functions is refused`() {
    #if canImport(Darwin)
      let other = "libz.dylib"
    #else
      let other = "libm.so.6"
    #endif
    let error = #expect(throws: EmbedError.self) { try OpenBLAS(names: [other]) }
    #expect(error?.expected == "a library with the function cblas_sgemm")
    #expect(error?.got == other)
  }

  @Test func `a file that is no library is refused`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("no library", to: "libopenblas.so.0")
    let error = #expect(throws: EmbedError.self) { try OpenBLAS(names: [path]) }
    #expect(error?.got?.contains(path) == true)
  }
}
