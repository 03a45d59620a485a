import CIntrinsics
import EmbedCore
import Foundation
import Synchronization

/// The library OpenBLAS, loaded when it is asked for: programs are built, and run on other engines, without it.
struct OpenBLAS: Sendable {
  /// `cblas_sgemm(order, transA, transB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc)`, with integers of 32 bits.
  typealias MatrixProduct =
    @convention(c) (
      Int32, Int32, Int32, Int32, Int32, Int32, Float, UnsafePointer<Float>, Int32,
      UnsafePointer<Float>, Int32, Float, UnsafeMutablePointer<Float>, Int32
    ) -> Void

  let multiply: MatrixProduct
  /// The version, and the core that its kernels are for: "0.3.21 SkylakeX".
  let version: String

  /// The names by which systems know the library; the loader looks for them where it looks for libraries.
  static let libraryNames: [String] = {
    #if canImport(Darwin)
      let name = "libopenblas.dylib"
      return [
        name, "/opt/homebrew/opt/openblas/lib/\(name)", "/usr/local/opt/openblas/lib/\(name)",
      ]
    #else
      ["libopenblas.so.0", "libopenblas.so"]
    #endif
  }()

  private static let loaded = Mutex<OpenBLAS?>(nil)
  /// Held while the environment is changed.
  private static let environment = Mutex(())

  /// The library of this process, loaded by the first call.
  ///
  /// OpenBLAS reads its settings from the environment, which is changed for the time of the loading. The C library allows
  /// that only while no other thread reads the environment; so load the first model of this engine before threads that
  /// do.
  ///
  /// - Throws: `EmbedError` with code `invalidOption` when this machine lacks it.
  static func shared() throws(EmbedError) -> OpenBLAS {
    try loaded.withLock { (loaded) throws(EmbedError) in
      if let loaded { return loaded }
      let library = try OpenBLAS(names: libraryNames)
      loaded = library
      return library
    }
  }

  /// Loads the first library of some names, for one thread a call, since our own workers run side by side; by itself it
  /// would start one for each processor as soon as it is loaded.
  ///
  /// On a CPU that it does not know, OpenBLAS falls back to kernels for CPUs of twenty years ago. Then it is loaded again
  /// with the core that fits, unless the environment's `OPENBLAS_CORETYPE` says what it is to be.
  ///
  /// - Throws: `EmbedError` with code `invalidOption` when there is none, or it is not what it seems.
  init(
    names: [String], betterCore: (String) -> String? = Self.betterCore
  ) throws(EmbedError) {
    let library = try Self.environment.withLock { _ throws(EmbedError) in
      var settings = ["OPENBLAS_NUM_THREADS": "1"]
      let library = try Self.with(settings) { () throws(EmbedError) in try Library(names) }
      let isChosen = getenv("OPENBLAS_CORETYPE").map { $0.pointee != 0 } ?? false
      guard !isChosen, let core = betterCore(library.core) else { return library }
      library.close()
      settings["OPENBLAS_CORETYPE"] = core
      return try Self.with(settings) { () throws(EmbedError) in try Library(names) }
    }
    library.setThreadCount(1)
    multiply = library.multiply
    version = "\(library.version) \(library.core)"
  }

  /// The core whose kernels use this CPU's registers, when those of another do not use them.
  static func betterCore(than core: String) -> String? {
    #if arch(x86_64)
      let forAVX512 = ["SkylakeX", "Cooperlake", "SapphireRapids"]
      let forAVX2 = ["Haswell", "Zen"]
      if forAVX512.contains(core) { return nil }
      if cpu_supports_x86_64_v4() != 0 { return "SkylakeX" }
      if forAVX2.contains(core) { return nil }
      return cpu_supports_x86_64_v3() != 0 ? "Haswell" : nil
    #else
      nil
    #endif
  }

  /// Calls a closure with variables set in the environment, which is as before when it returns.
  private static func with<Output>(
    _ variables: [String: String], _ body: () throws(EmbedError) -> Output
  ) throws(EmbedError) -> Output {
    let previous = variables.keys.map { ($0, getenv($0).map { String(cString: $0) }) }
    for (name, value) in variables { setenv(name, value, 1) }
    defer {
      for (name, value) in previous {
        if let value { setenv(name, value, 1) } else { unsetenv(name) }
      }
    }
    return try body()
  }
}

/// A loaded library, with the functions that are used.
private struct Library {
  let multiply: OpenBLAS.MatrixProduct
  let setThreadCount: @convention(c) (Int32) -> Void
  let version: String
  let core: String
  private let handle: UnsafeMutableRawPointer

  /// Loads the first of some names that can be loaded.
  init(_ names: [String]) throws(EmbedError) {
    var reasons: [String] = []
    for name in names {
      guard let handle = dlopen(name, RTLD_NOW | RTLD_LOCAL) else {
        reasons.append(dlerror().map { String(cString: $0) } ?? name)
        continue
      }
      do throws(EmbedError) {
        try self.init(handle, name: name)
        return
      } catch {
        dlclose(handle)
        throw error
      }
    }
    throw EmbedError(
      .invalidOption, "engine openblas not available",
      expected: "the library OpenBLAS (Debian and Ubuntu: libopenblas0; Fedora: openblas-libs; "
        + "Homebrew: openblas)",
      got: reasons.joined(separator: "; "))
  }

  private init(_ handle: UnsafeMutableRawPointer, name: String) throws(EmbedError) {
    func function<Function>(_ symbol: String, _: Function.Type) throws(EmbedError) -> Function {
      guard let address = dlsym(handle, symbol) else {
        throw EmbedError(
          .invalidOption, "engine openblas not available",
          expected: "a library with the function \(symbol)",
          got: name)
      }
      return unsafeBitCast(address, to: Function.self)
    }
    typealias Text = @convention(c) () -> UnsafePointer<CChar>?
    self.handle = handle
    multiply = try function("cblas_sgemm", OpenBLAS.MatrixProduct.self)
    setThreadCount = try function(
      "openblas_set_num_threads", (@convention(c) (Int32) -> Void).self)
    let configuration = try function("openblas_get_config", Text.self)().map(String.init(cString:))
    let core = try function("openblas_get_corename", Text.self)().map(String.init(cString:))
    // "OpenBLAS 0.3.21 NO_LAPACKE DYNAMIC_ARCH NO_AFFINITY SkylakeX MAX_THREADS=64"
    let words = (configuration ?? "").split(separator: " ")
    guard !words.contains("USE64BITINT") else {
      throw EmbedError(
        .invalidOption, "engine openblas not available",
        expected: "an OpenBLAS with integers of 32 bits",
        got: "\(name), which has 64")
    }
    version = words.dropFirst().first.map(String.init) ?? "of unknown version"
    self.core = core ?? "of unknown core"
  }

  /// Unloads the library unless the program itself uses it.
  func close() { dlclose(handle) }
}
