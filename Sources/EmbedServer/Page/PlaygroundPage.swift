import Crypto
import Foundation

/// The page at the root of the server: it compares texts by their embeddings, and loads nothing.
///
/// What a reader types and what the server answers is shown as text, never as markup. The policy
/// lets no script run but the page's own, by its hash, the style likewise, and nothing be asked but
/// the server that the page came from.
enum PlaygroundPage {
  /// The page.
  static let html = """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="referrer" content="no-referrer">
    <meta name="color-scheme" content="light dark">
    <title>embed</title>
    <link rel="icon" href="data:,">
    <style>\(style)</style>
    </head>
    <body>
    \(body)
    <script>\(script)</script>
    </body>
    </html>

    """

  /// The value of the header field `Content-Security-Policy` that the page is sent with.
  ///
  /// It stands in no element of the page, since there browsers ignore `frame-ancestors`. Images of
  /// `data:` are for the empty icon, without which browsers ask the server for one.
  static let contentSecurityPolicy = [
    "default-src 'none'", "script-src \(hash(script))", "style-src \(hash(style))",
    "connect-src 'self'", "img-src data:", "base-uri 'none'", "form-action 'none'",
    "frame-ancestors 'none'",
  ].joined(separator: "; ")

  private static let script = requestScript + "\n" + figureScript

  /// How a policy names a script or a style that it allows.
  private static func hash(_ text: String) -> String {
    "'sha256-\(Data(SHA256.hash(data: Data(text.utf8))).base64EncodedString())'"
  }
}
