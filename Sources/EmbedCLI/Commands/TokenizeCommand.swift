import ArgumentParser
import Embed

/// `embed tokenize`: what a model sees of each text.
struct TokenizeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tokenize",
    abstract: "Print the tokens that a model sees of each text.",
    discussion: """
      A line is a JSON object with the record's id, the token ids, and the tokens, cut off where \
      the model stops reading.

      EXAMPLES:
        embed tokenize "unbelievable"
        embed tokenize -i texts.txt > tokens.jsonl
        embed tokenize -i records.jsonl --jsonl --on-long error
      """)

  @OptionGroup var input: InputOptions
  @OptionGroup var model: ModelOptions
  @OptionGroup var destination: DestinationOptions
  @OptionGroup var reading: ReadingOptions

  func run() async throws {
    let name = try ModelOptions.localName(of: model.model)
    var records = try input.records()
    let output = try destination.open()
    let tokenizer = try await LocalTokenizer.load(name, library: ModelLibrary())
    let options = reading.embedOptions
    var line = JSONWriter()
    while let window = try records.nextWindow() {
      for record in window {
        let tokenization: Tokenization
        do throws(EmbedError) {
          tokenization = try tokenizer.tokenize(record.text, options: options)
        } catch {
          throw error.at(record.location)
        }
        line.removeAll()
        line.write(
          .object([
            ("id", record.id),
            ("ids", .array(tokenization.ids.map { .number("\($0)") })),
            ("tokens", .array(tokenization.tokens.map(JSONValue.string))),
          ]))
        line.writeRaw("\n")
        try output.write(line.bytes)
      }
    }
    try output.commit()
  }
}
