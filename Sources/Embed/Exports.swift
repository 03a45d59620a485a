// Whoever imports Embed has embedders, their values and models without further imports.
@_exported public import EmbedCore
@_exported public import ModelFiles
