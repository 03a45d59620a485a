/// The folder of this package, found from where this file was compiled.
package enum PackageFolder {
  /// The absolute path of something in the package.
  package static func path(_ name: String) -> String {
    let parts = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
    return (parts + [Substring(name)]).joined(separator: "/")
  }

  /// The folder of the default model, where `Scripts/fetch-model` puts it.
  package static let defaultModel = path("Models/all-MiniLM-L6-v2")
}
