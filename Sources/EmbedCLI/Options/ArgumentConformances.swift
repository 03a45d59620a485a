public import ArgumentParser
public import Embed

extension EmbedOptions.Role: ExpressibleByArgument {}
extension EmbedOptions.Truncation: ExpressibleByArgument {}
extension LocalEmbedder.Engine: ExpressibleByArgument {}
extension LocalEmbedder.Precision: ExpressibleByArgument {}
