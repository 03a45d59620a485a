// swift-tools-version:6.3
import PackageDescription

/// Optimizes even in debug builds: unoptimized SIMD is hundreds of times slower, parsing a vocabulary tens of times,
/// and the tests run real models.
let optimized: SwiftSetting = .unsafeFlags(["-O"], .when(configuration: .debug))

/// Settings of every target; continuous integration turns warnings into errors.
var common: [SwiftSetting] = [
  // https://github.com/swiftlang/swift-evolution/blob/main/proposals/0335-existential-any.md
  .enableUpcomingFeature("ExistentialAny"),
  // https://github.com/swiftlang/swift-evolution/blob/main/proposals/0444-member-import-visibility.md
  .enableUpcomingFeature("MemberImportVisibility"),
  // https://github.com/swiftlang/swift-evolution/blob/main/proposals/0409-access-level-on-imports.md
  .enableUpcomingFeature("InternalImportsByDefault"),
]
if Context.environment["CI"] != nil {
  common.append(.treatAllWarnings(as: .error))
}

/// Compiles one file of kernels for a newer instruction set, chosen at run time by `KernelDispatch`.
///
/// The manifest knows the architecture of the host alone, which in a cross build is not the target's. `-Xarch_x86_64`
/// keeps each option for that target, and `-Qunused-arguments` silences the compiler about it on others. The condition
/// stands beside the options, so that the file is never compiled without them.
///
/// After a change in `Kernels`, an incremental debug build keeps the old inlined bodies here: remove
/// `.build/debug/Kernels?*.build`.
func instructionSet(_ condition: String, _ options: String...) -> [SwiftSetting] {
  let options = ["-Qunused-arguments"] + options.flatMap { ["-Xarch_x86_64", $0] }
  return [optimized, .define(condition), .unsafeFlags(options.flatMap { ["-Xcc", $0] })]
}

let package = Package(
  name: "swift-embed",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "Embed", targets: ["Embed"]),
    .library(name: "EmbedCore", targets: ["EmbedCore"]),
    .library(name: "EmbedObservability", targets: ["EmbedObservability"]),
    .library(name: "EmbedRemote", targets: ["EmbedRemote"]),
    .library(name: "EmbedServer", targets: ["EmbedServer"]),
    .library(name: "EmbedStore", targets: ["EmbedStore"]),
    .library(name: "EmbedTesting", targets: ["EmbedTesting"]),
    .executable(name: "embed", targets: ["EmbedCLI"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
    .package(
      url: "https://github.com/apple/swift-configuration", from: "1.4.0", traits: ["YAML"]),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.7.3"),
    .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
    .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(
      url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
  ],
  targets: [
    // Mathematics: no Foundation, no dependency.
    .target(name: "CIntrinsics"),
    .target(name: "Kernels", swiftSettings: [optimized]),
    // A module of its own, as the others: without whole-module optimization, a debug build specializes the kernels only
    // where they are imported.
    .target(name: "KernelsBaseline", dependencies: ["Kernels"], swiftSettings: [optimized]),
    .target(
      name: "KernelsAVX2", dependencies: ["CIntrinsics", "Kernels"],
      swiftSettings: instructionSet("AVX2", "-march=x86-64-v3")
    ),
    .target(
      name: "KernelsAVX512", dependencies: ["CIntrinsics", "Kernels"],
      swiftSettings: instructionSet("AVX512", "-march=x86-64-v4")
    ),
    .target(
      name: "KernelsAVX512BF16", dependencies: ["CIntrinsics", "Kernels", "KernelsAVX512"],
      swiftSettings: instructionSet("AVX512BF16", "-march=x86-64-v4", "-mavx512bf16")
    ),
    .target(
      name: "KernelsAVXVNNI", dependencies: ["CIntrinsics", "Kernels", "KernelsAVX2"],
      swiftSettings: instructionSet("AVXVNNI", "-march=x86-64-v3", "-mavxvnni")
    ),
    .target(
      name: "KernelsAVX512VNNI", dependencies: ["CIntrinsics", "Kernels", "KernelsAVX512"],
      swiftSettings: instructionSet("AVX512VNNI", "-march=x86-64-v4", "-mavx512vnni")
    ),
    .target(
      name: "KernelDispatch",
      dependencies: [
        "CIntrinsics", "Kernels", "KernelsAVX2", "KernelsAVX512", "KernelsAVX512BF16",
        "KernelsAVX512VNNI", "KernelsAVXVNNI", "KernelsBaseline",
      ],
      swiftSettings: [optimized]
    ),
    .target(name: "Transformer", dependencies: ["Kernels"], swiftSettings: [optimized]),

    // The library: what every embedder shares, the files of models, and the local runtime.
    .target(name: "EmbedCore", swiftSettings: [optimized]),
    .target(name: "JSON", dependencies: ["EmbedCore"], swiftSettings: [optimized]),
    .target(
      name: "ModelFiles", dependencies: ["EmbedCore", "JSON", "Kernels", "Transformer"],
      swiftSettings: [optimized]
    ),
    .target(
      name: "Embed",
      dependencies: [
        "CIntrinsics", "EmbedCore", "KernelDispatch", "Kernels", "ModelFiles", "Transformer",
      ],
      swiftSettings: [optimized]
    ),
    .target(
      name: "EmbedObservability",
      dependencies: [
        "EmbedCore", .product(name: "Logging", package: "swift-log"),
        .product(name: "CoreMetrics", package: "swift-metrics"),
        .product(name: "Metrics", package: "swift-metrics"),
      ]
    ),
    .target(
      name: "EmbedRemote",
      dependencies: [
        "EmbedCore", "JSON",
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
      ]
    ),
    .target(
      name: "EmbedServer",
      dependencies: [
        "EmbedCore", "EmbedObservability", "JSON",
        .product(name: "CoreMetrics", package: "swift-metrics"),
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "HeapModule", package: "swift-collections"),
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HummingbirdCore", package: "hummingbird"),
        .product(name: "HummingbirdTLS", package: "hummingbird"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "Metrics", package: "swift-metrics"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "Tracing", package: "swift-distributed-tracing"),
      ],
      swiftSettings: [optimized]
    ),
    .target(
      name: "EmbedStore",
      dependencies: [
        "EmbedCore", "JSON", "KernelDispatch",
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "GRDB", package: "GRDB.swift"),
      ],
      swiftSettings: [optimized]
    ),
    .target(name: "EmbedTesting", dependencies: ["EmbedCore"]),

    // The command line.
    .executableTarget(
      name: "EmbedCLI",
      dependencies: [
        "Embed", "EmbedRemote", "EmbedServer", "EmbedStore", "JSON", "Kernels", "Transformer",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Configuration", package: "swift-configuration"),
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "SystemPackage", package: "swift-system"),
        .product(name: "UnixSignals", package: "swift-service-lifecycle"),
        .product(name: "Yams", package: "Yams"),
      ]
    ),

    // Tests.
    .target(
      name: "EmbedTestSupport",
      dependencies: ["EmbedCore", "JSON", "Kernels", "ModelFiles", "Transformer"],
      path: "Tests/EmbedTestSupport", swiftSettings: [optimized]
    ),
    .target(
      name: "RemoteTestSupport",
      dependencies: [
        "EmbedCore", "JSON",
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
      ],
      path: "Tests/RemoteTestSupport"
    ),
    .executableTarget(
      name: "StandIn", dependencies: ["JSON", "RemoteTestSupport"], path: "Tests/StandIn"
    ),
    .executableTarget(
      name: "WriteTinyModels", dependencies: ["EmbedTestSupport"], path: "Tests/WriteTinyModels"
    ),
    .testTarget(name: "KernelsTests", dependencies: ["KernelDispatch", "Kernels"]),
    .testTarget(name: "TransformerTests", dependencies: ["Transformer", "EmbedTestSupport"]),
    .testTarget(
      name: "EmbedCoreTests", dependencies: ["EmbedCore", "EmbedTestSupport", "EmbedTesting"]
    ),
    .testTarget(
      name: "EmbedObservabilityTests",
      dependencies: [
        "EmbedCore", "EmbedObservability", "EmbedTesting",
        .product(name: "InMemoryLogging", package: "swift-log"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "MetricsTestKit", package: "swift-metrics"),
      ]
    ),
    .testTarget(
      name: "EmbedRemoteTests",
      dependencies: [
        "EmbedCore", "EmbedRemote", "EmbedTestSupport", "EmbedTesting", "JSON", "RemoteTestSupport",
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
      ]
    ),
    .testTarget(
      name: "EmbedServerTests",
      dependencies: [
        "EmbedCore", "EmbedServer", "EmbedTesting", "JSON",
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HummingbirdTesting", package: "hummingbird"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
      ]
    ),
    .testTarget(
      name: "EmbedStoreTests",
      dependencies: [
        "EmbedCore", "EmbedStore", "EmbedTestSupport", "KernelDispatch",
        .product(name: "GRDB", package: "GRDB.swift"),
      ]
    ),
    .testTarget(name: "JSONTests", dependencies: ["EmbedCore", "JSON"]),
    .testTarget(
      name: "ModelFilesTests",
      dependencies: [
        "EmbedCore", "EmbedTestSupport", "JSON", "Kernels", "ModelFiles", "Transformer",
      ]
    ),
    .testTarget(
      name: "EmbedTests", dependencies: ["Embed", "EmbedTestSupport", "Kernels", "Transformer"]
    ),
    .testTarget(
      name: "ConformanceTests",
      dependencies: [
        "Embed", "EmbedTestSupport", "EmbedTesting", "JSON", "KernelDispatch", "Kernels",
      ]
    ),
    .testTarget(
      name: "CommandLineTests",
      dependencies: [
        "Embed", "EmbedStore", "EmbedTestSupport", "EmbedCLI", "JSON", "RemoteTestSupport",
        "StandIn",
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
      ]
    ),
  ],
  swiftLanguageModes: [.v6]
)

// Benchmarks for those who change the kernels, run by Scripts/bench-kernels: nobody else fetches or builds what they need.
if Context.environment["EMBED_BENCHMARKS"] != nil {
  package.dependencies.append(
    .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.1", traits: []))
  package.targets.append(
    .executableTarget(
      name: "KernelBenchmarks",
      dependencies: [
        "KernelDispatch", "Kernels", .product(name: "Benchmark", package: "benchmark"),
      ],
      // The plugin only takes targets in a folder of that name.
      path: "Tests/Benchmarks/KernelBenchmarks",
      swiftSettings: [optimized],
      plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]
    ))
}

for target in package.targets {
  target.swiftSettings = common + (target.swiftSettings ?? [])
}
