package import EmbedCore
import Foundation

extension LocalEmbedder {
  /// What multiplies the matrices.
  public enum Engine: String, Sendable, Hashable, CaseIterable {
    /// The quickest that this machine has.
    case auto
    /// The quickest without special matrix hardware.
    case portable
    /// OpenBLAS's sgemm.
    case openblas
    /// This package's own SIMD kernels.
    case simd
    /// The CPU's tile unit (AMX).
    case tiles
  }

  /// How exactly the model is computed.
  public enum Precision: String, Sendable, Hashable, CaseIterable {
    /// Single precision: components within 1e-5 of the reference.
    case f32
    /// Products in bfloat16, where the CPU has them: cosine to the reference at least 0.9999.
    case bf16
  }

  /// How a local model is run.
  public struct Configuration: Sendable, Hashable {
    /// The number of worker threads; nil means one for each processor that this process may keep busy, by its affinity
    /// mask and the quota of its control groups.
    public var threads: Int?
    /// The engine; nil means the environment's `EMBED_ENGINE`, else `auto`.
    public var engine: Engine?
    /// The precision.
    public var precision: Precision
    /// The most inputs that all calls together may have waiting or in work; nil means any number.
    ///
    /// A call that would exceed it throws `EmbedError` with code `overloaded` at once, so that a server can turn requests
    /// away. A call counts at most `info.preferredBatchSize` of its inputs, for it works on no more at a time; one that
    /// comes while nothing else is in work is always taken. Without a limit a program that waits for its own calls loses
    /// nothing.
    public var maximumPendingInputs: Int?

    /// Makes a configuration.
    public init(
      threads: Int? = nil, engine: Engine? = nil, precision: Precision = .f32,
      maximumPendingInputs: Int? = nil
    ) {
      self.threads = threads
      self.engine = engine
      self.precision = precision
      self.maximumPendingInputs = maximumPendingInputs
    }

    /// Reads the parameters `threads`, `engine` and `precision` of a `local:` address.
    ///
    /// - Throws: `EmbedError` with code `invalidURI`.
    package init(_ uri: EmbedderURI) throws(EmbedError) {
      try uri.requireParameters(in: ["threads", "engine", "precision"])
      threads = try uri.integerParameter("threads", minimum: 1)
      engine = try uri.choiceParameter("engine")
      precision = try uri.choiceParameter("precision") ?? .f32
    }

    /// The most threads that are started, whatever is asked for.
    static let maximumThreads = 1024

    var resolvedThreads: Int {
      min(max(1, threads ?? AvailableProcessors.count), Self.maximumThreads)
    }

    func resolvedEngine(environment: [String: String]) throws(EmbedError) -> Engine {
      if let engine { return engine }
      guard let name = environment["EMBED_ENGINE"], !name.isEmpty else { return .auto }
      guard let engine = Engine(rawValue: name) else {
        throw EmbedError(
          .invalidOption, "environment variable EMBED_ENGINE",
          expected: Engine.allCases.map(\.rawValue).joined(separator: ", "), got: "'\(name)'")
      }
      return engine
    }
  }
}
