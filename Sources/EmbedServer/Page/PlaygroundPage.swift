/// The page at `/`.
enum PlaygroundPage {
  static let html = "<!DOCTYPE html><title>embed</title>"
  static let contentSecurityPolicy = "default-src 'none'"
}
