/// The description of the routes for programs.
enum OpenAPIDocument {
  static func json(_ configuration: ServerConfiguration) -> String { "{}" }
}
