/// A model that people run and that this runtime runs too, with what its authors say of it.
public struct KnownModel: Sendable, Hashable {
  /// The id on the Hugging Face hub, such as `intfloat/e5-small-v2`.
  public let id: String
  /// The family of the encoder.
  public let family: String
  /// The size of the weights in megabytes, as they are published; nil when it is not told.
  public let megabytes: Int?
  /// The length of the vectors.
  public let dimensions: Int
  /// Shorter lengths that the model was trained for (Kusupati et al., arXiv:2205.13147), largest first.
  public let nestedDimensions: [Int]
  /// The most tokens of a text; nil when there is no limit.
  public let maximumTokens: Int?
  /// The languages, or how many of them.
  public let languages: String
  /// The license of the weights.
  public let license: String
  /// What is put in front of a text that searches; nil when the model has no prompts.
  public let queryPrompt: String?
  /// What is put in front of a text that is searched for; nil when the model has no prompts.
  public let documentPrompt: String?
  /// Whether vectors of texts without a prompt are not what the model was trained to give.
  public let requiresPrompts: Bool
  /// Whether the tests run the weights themselves; otherwise small random ones of the same family.
  public let isTestedOnRealWeights: Bool

  init(
    id: String, family: String, megabytes: Int?, dimensions: Int, nestedDimensions: [Int] = [],
    maximumTokens: Int?, languages: String, license: String, queryPrompt: String? = nil,
    documentPrompt: String? = nil, requiresPrompts: Bool = false,
    isTestedOnRealWeights: Bool = false
  ) {
    self.id = id
    self.family = family
    self.megabytes = megabytes
    self.dimensions = dimensions
    self.nestedDimensions = nestedDimensions
    self.maximumTokens = maximumTokens
    self.languages = languages
    self.license = license
    self.queryPrompt = queryPrompt
    self.documentPrompt = documentPrompt
    self.requiresPrompts = requiresPrompts
    self.isTestedOnRealWeights = isTestedOnRealWeights
  }

  /// The name that its folder has, such as `e5-small-v2`.
  public var name: String { String(id.split(separator: "/").last ?? "") }

  /// The known model that a folder is named for.
  ///
  /// - Complexity: O(number of known models).
  public static func named(_ name: String) -> KnownModel? {
    let last = name.split(separator: "/").last.map(String.init) ?? name
    return all.first { $0.name == last }
  }

  /// The prompts by their names in a model's settings, `query` and `document`.
  var prompts: [String: String] {
    guard let queryPrompt, let documentPrompt else { return [:] }
    return ["query": queryPrompt, "document": documentPrompt]
  }
}
