import Embed
import EmbedRemote

extension EmbedderRegistry {
  /// All that the program can embed with: the models on this machine and every service.
  static var everyBackend: EmbedderRegistry { .standard.merging(.remote()) }
}
