import EmbedCore
import EmbedTestSupport
import Foundation
import Testing

@testable import ModelFiles

@Suite struct ModelLibraryTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try folder.makeFolder(named: "work")
    try folder.makeFolder(named: "home")
  }

  /// A library that sees nothing outside of the temporary folder.
  private func library(
    _ environment: [String: String] = [:], executable: String? = nil
  ) -> ModelLibrary {
    ModelLibrary(
      environment: environment.merging(["HOME": folder.path("home")]) { given, _ in given },
      workingDirectory: folder.path("work"), executable: executable.map(folder.path))
  }

  /// Makes a folder that looks like a model's.
  private func makeModel(_ path: String) throws {
    try folder.write(#"{"model_type":"bert"}"#, to: "\(path)/config.json")
  }

  /// Makes a model as Hugging Face's libraries keep it.
  private func makeCached(
    _ name: String, in cache: String = "home/.cache/huggingface/hub", revision: String = "r1",
    isMain: Bool = true
  ) throws {
    let entry = "\(cache)/models--\(name.replacing("/", with: "--"))"
    try makeModel("\(entry)/snapshots/\(revision)")
    if isMain { try folder.write(revision, to: "\(entry)/refs/main") }
  }

  /// Where a model was found: its name, its path inside the temporary folder and the kind of place.
  private func found(
    _ name: String, _ library: ModelLibrary
  ) throws -> (name: String, path: String, origin: InstalledModel.Origin) {
    let model = try library.locate(name)
    return (model.name, model.path.replacing(folder.path + "/", with: ""), model.origin)
  }

  // MARK: - Paths

  @Test func `finds a path`() throws {
    try makeModel("work/tiny")
    try makeModel("home/mine/tiny")
    for name in [folder.path("work/tiny"), "./tiny", "tiny", "../work/tiny/", "./../work/./tiny"] {
      #expect(try found(name, library()) == ("tiny", "work/tiny", .path))
    }
    #expect(try found("~/mine/tiny", library()) == ("tiny", "home/mine/tiny", .path))
    #expect(try found("../home/mine/tiny", library()) == ("tiny", "home/mine/tiny", .path))
  }

  @Test func `looks nowhere else for what can only be a path`() throws {
    try makeModel("work/Models/tiny")
    #expect(
      try folder.message { _ = try library().locate("./tiny") }
        == "no model in folder: expected a folder with a config.json, got no folder "
        + "(DIR/work/tiny)")
    #expect(
      try folder.message { _ = try library().locate("..") }
        == "no model in folder: expected a folder with a config.json, got a folder without (DIR)")
    #expect(try folder.message { _ = try library().locate("/tiny") }?.contains("/tiny") == true)
  }

  // MARK: - Places

  @Test func `searches the places in order`() throws {
    let environment = ["EMBED_MODELS": "\(folder.path("a")):../b"]
    let places = library(environment, executable: "package/.build/debug/embed")
    try folder.write("", to: "package/Package.swift")
    try makeCached("sentence-transformers/tiny")
    #expect(try found("tiny", places).origin == .huggingFaceCache)
    try makeModel("work/Models/tiny")
    #expect(try found("tiny", places) == ("tiny", "work/Models/tiny", .workingDirectory))
    try makeModel("package/Models/tiny")
    #expect(try found("tiny", places) == ("tiny", "package/Models/tiny", .package))
    try makeModel("package/.build/debug/Models/tiny")
    #expect(try found("tiny", places).path == "package/.build/debug/Models/tiny")
    try makeModel("b/tiny")
    #expect(try found("tiny", places) == ("tiny", "b/tiny", .environment))
    try makeModel("a/tiny")
    #expect(try found("tiny", places) == ("tiny", "a/tiny", .environment))
    try folder.makeFolder(named: "work/tiny")
    #expect(try found("tiny", places).path == "a/tiny")
    try makeModel("work/tiny")
    #expect(try found("tiny", places) == ("tiny", "work/tiny", .path))
  }

  @Test func `takes Models beside the program, and above it only beside a package`() throws {
    try makeModel("up/Models/tiny")
    let places = library(executable: "up/bin/embed")
    #expect(throws: EmbedError.self) { try places.locate("tiny") }
    try folder.write("", to: "up/Package.swift")
    #expect(try found("tiny", places).path == "up/Models/tiny")
  }

  @Test func `finds names with an organization in every place`() throws {
    try makeModel("work/Models/org/tiny")
    #expect(
      try found("org/tiny", library()) == ("org/tiny", "work/Models/org/tiny", .workingDirectory))
  }

  // MARK: - The cache

  @Test(
    arguments: [
      ([:], "home/.cache/huggingface/hub"),
      (["XDG_CACHE_HOME": "DIR/xdg"], "xdg/huggingface/hub"),
      (["HF_HOME": "DIR/hf", "XDG_CACHE_HOME": "DIR/xdg"], "hf/hub"),
      (["HF_HOME": "~/hf"], "home/hf/hub"),
      (["HUGGINGFACE_HUB_CACHE": "DIR/old", "HF_HOME": "DIR/hf"], "old"),
      (["HF_HUB_CACHE": "DIR/new", "HUGGINGFACE_HUB_CACHE": "DIR/old"], "new"),
      (["HF_HUB_CACHE": ""], "home/.cache/huggingface/hub"),
      (["SENTENCE_TRANSFORMERS_HOME": "DIR/st", "HF_HUB_CACHE": "DIR/new"], "st"),
      (["SENTENCE_TRANSFORMERS_HOME": "DIR/st", "HF_HUB_CACHE": "DIR/new"], "new"),
    ] as [([String: String], String)])
  func `finds the cache as Hugging Face's libraries do`(
    _ environment: [String: String], _ cache: String
  ) throws {
    try makeCached("org/tiny", in: cache)
    let places = library(environment.mapValues { $0.replacing("DIR", with: folder.path) })
    #expect(
      try found("org/tiny", places)
        == ("org/tiny", "\(cache)/models--org--tiny/snapshots/r1", .huggingFaceCache))
    #expect(places.models().map(\.name) == ["org/tiny"])
  }

  @Test func `takes the organization sentence-transformers for granted`() throws {
    try makeCached("tiny")
    #expect(try found("tiny", library()).name == "tiny")
    try makeCached("sentence-transformers/tiny")
    #expect(try found("tiny", library()).name == "sentence-transformers/tiny")
  }

  @Test func `takes the snapshot that is current`() throws {
    try makeCached("org/tiny", revision: "r2", isMain: false)
    try makeCached("org/tiny", revision: "r1")
    try folder.write("r1\n", to: "home/.cache/huggingface/hub/models--org--tiny/refs/main")
    #expect(try found("org/tiny", library()).path.hasSuffix("/r1"))
  }

  @Test func `takes the newest snapshot when none is current`() throws {
    for (revision, date) in [("a", 1.0), ("c", 3.0), ("b", 2.0)] {
      try makeCached("org/tiny", revision: revision, isMain: false)
      try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSince1970: date)],
        ofItemAtPath: folder.path(
          "home/.cache/huggingface/hub/models--org--tiny/snapshots/\(revision)"))
    }
    #expect(try found("org/tiny", library()).path.hasSuffix("/c"))
  }

  @Test(arguments: ["../../../../../work/tiny", "", "..", "a/b", "\0"])
  func `does not follow a reference out of the cache`(_ reference: String) throws {
    try makeModel("work/tiny")
    try makeCached("org/other", revision: "r1", isMain: false)
    try folder.write(reference, to: "home/.cache/huggingface/hub/models--org--other/refs/main")
    #expect(try found("org/other", library()).path.hasSuffix("/snapshots/r1"))
  }

  @Test func `does not take another snapshot for a current one that is not there`() throws {
    try makeCached("org/tiny", revision: "r1", isMain: false)
    try folder.write("r2", to: "home/.cache/huggingface/hub/models--org--tiny/refs/main")
    #expect(throws: EmbedError.self) { try library().locate("org/tiny") }
  }

  // MARK: - Names

  @Test(arguments: [
    "", "\0", "a\0b", "a/../b", "a/..", "a//b", "a/", "a/b/c", "a/.hidden", ".hidden", "a\nb",
    "a/./b", String(repeating: "x", count: 300),
  ])
  func `refuses names that are none`(_ name: String) throws {
    let message = try #require(try folder.message { _ = try library().locate(name) })
    #expect(message.hasPrefix("invalid model name: expected a name"))
    #expect(!message.utf8.contains { $0 < 0x20 })
  }

  @Test func `lists the places searched and the script when there is no such model`() throws {
    let environment = ["EMBED_MODELS": "/none/models", "HF_HUB_CACHE": "/none/hub"]
    #expect(
      try folder.message { _ = try library(environment).locate("tiny") }
        == "no such model: expected tiny in the working directory or one of /none/models, "
        + "DIR/work/Models, /none/hub, got none; a model is a sentence-transformers folder, "
        + "such as one from huggingface.co")
    do throws(EmbedError) {
      _ = try library().locate("tiny")
    } catch {
      #expect(error.code == .modelNotFound)
    }
  }

  // MARK: - The list

  @Test func `lists all models, those too that cannot be opened`() throws {
    try makeModel("work/Models/b")
    try makeModel("work/Models/a")
    try makeModel("work/Models/.hidden")
    try folder.write("text", to: "work/Models/README.md")
    try folder.makeFolder(named: "work/Models/empty")
    try folder.write("{", to: "work/Models/broken/config.json")
    try makeModel("mine/a")
    try makeCached("org/c")
    try folder.write("", to: "home/.cache/huggingface/hub/version.txt")
    let models = library(["EMBED_MODELS": folder.path("mine")]).models()
    #expect(models.map(\.name) == ["a", "a", "b", "broken", "org/c"])
    #expect(
      models.map(\.origin) == [
        .environment, .workingDirectory, .workingDirectory, .workingDirectory, .huggingFaceCache,
      ])
    #expect(try folder.message { _ = try models[3].open() }?.contains("invalid JSON") == true)
  }

  @Test func `opens what it finds under the name it was found by`() throws {
    let fixture = try ModelFixture(named: "tiny")
    let library = ModelLibrary(
      environment: ["EMBED_MODELS": fixture.folder.path], workingDirectory: "/", executable: nil)
    #expect(try library.locate("tiny").open().name == "tiny")
  }

  @Test func `lists nothing where there is nothing`() {
    #expect(library(["EMBED_MODELS": "::/none:"]).models().isEmpty)
  }

  @Test func `knows the places of this process`() {
    // The tests are built inside the package, whether its models have been fetched or not.
    #expect(throws: EmbedError.self) { try ModelLibrary().locate("no-such-model-anywhere") }
  }
}
