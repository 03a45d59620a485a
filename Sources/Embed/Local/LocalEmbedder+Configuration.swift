package import EmbedCore
import Foundation

extension LocalEmbedder {
  /// What multiplies the matrices; an open set, to which later versions add.
  public struct Engine: RawRepresentable, Sendable, Hashable, CaseIterable {
    /// The name, as options and addresses spell it.
    public let rawValue: String

    /// Makes an engine of its name; nil when there is none of that name.
    public init?(rawValue: String) {
      guard Self.allCases.contains(where: { $0.rawValue == rawValue }) else { return nil }
      self.rawValue = rawValue
    }

    private init(_ name: String) { rawValue = name }

    /// The quickest that this machine has.
    public static let auto = Engine("auto")
    /// The quickest without special matrix hardware.
    public static let portable = Engine("portable")
    /// OpenBLAS's sgemm, if the library is on this machine.
    public static let openblas = Engine("openblas")
    /// This package's own SIMD kernels.
    public static let simd = Engine("simd")

    /// All engines of this version.
    public static let allCases = [
      Engine("auto"), Engine("portable"), Engine("openblas"), Engine("simd"),
    ]
  }

  /// How exactly the model is computed: a promise, kept by whatever this CPU does quickest within it; an open set, to
  /// which later versions add.
  ///
  /// A lower precision is never slower than a higher one.
  public struct Precision: RawRepresentable, Sendable, Hashable, CaseIterable {
    /// The name, as options and addresses spell it.
    public let rawValue: String

    /// Makes a precision of its name, `bf16` being another one for `half`; nil when there is none of that name.
    public init?(rawValue: String) {
      let name = rawValue == "bf16" ? "half" : rawValue
      guard Self.allCases.contains(where: { $0.rawValue == name }) else { return nil }
      self.rawValue = name
    }

    private init(_ name: String) { rawValue = name }

    /// Single precision: components of unit vectors within 1e-5 of the reference.
    public static let f32 = Precision("f32")
    /// Factors of products of 8 significant bits or more: for all-MiniLM-L6-v2, a cosine to the reference of at least
    /// 0.9999.
    ///
    /// Random models of 24 layers with outliers are tested for 0.9998, narrow ones with large weights for 0.998. No
    /// number holds for every model: where little decides what attention looks at, rounding can decide it.
    public static let half = Precision("half")

    /// Factors of products of eight bits, in groups of 64 that share a scale: for all-MiniLM-L6-v2, a cosine to the
    /// reference of at least 0.998.
    ///
    /// The larger the factors of a group that stand out, the less is left for the others: random models of 24 layers with
    /// outliers are tested for 0.992, narrow ones with large weights for 0.99.
    public static let int8 = Precision("int8")

    /// All precisions of this version.
    public static let allCases = [Precision("f32"), Precision("half"), Precision("int8")]
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
          .invalidOption, "invalid environment variable EMBED_ENGINE",
          expected: Engine.allCases.map(\.rawValue).joined(separator: ", "), got: "'\(name)'")
      }
      return engine
    }
  }
}

extension EmbedderURI {
  /// The name or folder of a `local:` address.
  ///
  /// - Throws: `EmbedError` with code `invalidURI` when it has a host.
  func localPath() throws(EmbedError) -> String {
    guard host == nil, port == nil else {
      throw EmbedError(
        .invalidURI, "invalid address of a local model", expected: "local:NAME or a folder",
        got: "a host")
    }
    return path
  }
}
