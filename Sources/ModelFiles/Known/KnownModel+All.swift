extension KnownModel {
  /// All of them, a family behind the other.
  ///
  /// Facts are from MTEB's metadata of models (`mteb/models`, commit a905523) and from the models' own pages.
  public static let all: [KnownModel] = [
    KnownModel(
      id: "sentence-transformers/all-MiniLM-L6-v2", family: "BERT", megabytes: 87, dimensions: 384,
      maximumTokens: 256, languages: "English", license: "Apache-2.0", isTestedOnRealWeights: true),
    KnownModel(
      id: "sentence-transformers/all-MiniLM-L12-v2", family: "BERT", megabytes: 127,
      dimensions: 384, maximumTokens: 256, languages: "English", license: "Apache-2.0"),
    KnownModel(
      id: "sentence-transformers/multi-qa-MiniLM-L6-cos-v1", family: "BERT", megabytes: 87,
      dimensions: 384, maximumTokens: 512, languages: "English", license: "Apache-2.0"),
    KnownModel(
      id: "sentence-transformers/all-mpnet-base-v2", family: "MPNet", megabytes: 418,
      dimensions: 768, maximumTokens: 384, languages: "English", license: "Apache-2.0",
      isTestedOnRealWeights: true),
    KnownModel(
      id: "sentence-transformers/paraphrase-multilingual-MiniLM-L12-v2", family: "BERT",
      megabytes: 449, dimensions: 384, maximumTokens: 128, languages: "53", license: "Apache-2.0"),
    KnownModel(
      id: "sentence-transformers/paraphrase-multilingual-mpnet-base-v2", family: "XLM-RoBERTa",
      megabytes: 1061, dimensions: 768, maximumTokens: 128, languages: "53", license: "Apache-2.0"),
    KnownModel(
      id: "BAAI/bge-small-en-v1.5", family: "BERT", megabytes: 127, dimensions: 384,
      maximumTokens: 512, languages: "English", license: "MIT",
      queryPrompt: "Represent this sentence for searching relevant passages: ", documentPrompt: ""),
    KnownModel(
      id: "BAAI/bge-base-en-v1.5", family: "BERT", megabytes: 390, dimensions: 768,
      maximumTokens: 512, languages: "English", license: "MIT",
      queryPrompt: "Represent this sentence for searching relevant passages: ", documentPrompt: ""),
    KnownModel(
      id: "BAAI/bge-large-en-v1.5", family: "BERT", megabytes: 1242, dimensions: 1024,
      maximumTokens: 512, languages: "English", license: "MIT",
      queryPrompt: "Represent this sentence for searching relevant passages: ", documentPrompt: ""),
    KnownModel(
      id: "intfloat/e5-small-v2", family: "BERT", megabytes: 127, dimensions: 384,
      maximumTokens: 512, languages: "English", license: "MIT", queryPrompt: "query: ",
      documentPrompt: "passage: ", requiresPrompts: true),
    KnownModel(
      id: "intfloat/e5-base-v2", family: "BERT", megabytes: 418, dimensions: 768,
      maximumTokens: 512, languages: "English", license: "MIT", queryPrompt: "query: ",
      documentPrompt: "passage: ", requiresPrompts: true),
    KnownModel(
      id: "thenlper/gte-small", family: "BERT", megabytes: 64, dimensions: 384, maximumTokens: 512,
      languages: "English", license: "MIT"),
    KnownModel(
      id: "thenlper/gte-base", family: "BERT", megabytes: 209, dimensions: 768, maximumTokens: 512,
      languages: "English", license: "MIT"),
    KnownModel(
      id: "Snowflake/snowflake-arctic-embed-xs", family: "BERT", megabytes: 86, dimensions: 384,
      maximumTokens: 512, languages: "English", license: "Apache-2.0",
      queryPrompt: "Represent this sentence for searching relevant passages: ", documentPrompt: ""),
    KnownModel(
      id: "Snowflake/snowflake-arctic-embed-s", family: "BERT", megabytes: 127, dimensions: 384,
      maximumTokens: 512, languages: "English", license: "Apache-2.0",
      queryPrompt: "Represent this sentence for searching relevant passages: ", documentPrompt: ""),
    KnownModel(
      id: "Snowflake/snowflake-arctic-embed-m-v1.5", family: "BERT", megabytes: 415,
      dimensions: 768, nestedDimensions: [256], maximumTokens: 512, languages: "English",
      license: "Apache-2.0",
      queryPrompt: "Represent this sentence for searching relevant passages: ", documentPrompt: ""),
    KnownModel(
      id: "Snowflake/snowflake-arctic-embed-l", family: "BERT", megabytes: 1274, dimensions: 1024,
      maximumTokens: 512, languages: "English", license: "Apache-2.0",
      queryPrompt: "Represent this sentence for searching relevant passages: ", documentPrompt: ""),
    KnownModel(
      id: "mixedbread-ai/mxbai-embed-large-v1", family: "BERT", megabytes: 639, dimensions: 1024,
      nestedDimensions: [512], maximumTokens: 512, languages: "English", license: "Apache-2.0",
      queryPrompt: "Represent this sentence for searching relevant passages: ", documentPrompt: ""),
    KnownModel(
      id: "mixedbread-ai/mxbai-embed-xsmall-v1", family: "BERT", megabytes: nil, dimensions: 384,
      maximumTokens: 4096, languages: "English", license: "Apache-2.0"),
    KnownModel(
      id: "intfloat/multilingual-e5-small", family: "BERT", megabytes: 449, dimensions: 384,
      maximumTokens: 512, languages: "about 100", license: "MIT", queryPrompt: "query: ",
      documentPrompt: "passage: ", requiresPrompts: true),
    KnownModel(
      id: "intfloat/multilingual-e5-base", family: "XLM-RoBERTa", megabytes: 1061, dimensions: 768,
      maximumTokens: 512, languages: "about 100", license: "MIT", queryPrompt: "query: ",
      documentPrompt: "passage: ", requiresPrompts: true),
    KnownModel(
      id: "intfloat/multilingual-e5-large", family: "XLM-RoBERTa", megabytes: 2136,
      dimensions: 1024, maximumTokens: 512, languages: "about 100", license: "MIT",
      queryPrompt: "query: ", documentPrompt: "passage: ", requiresPrompts: true),
    KnownModel(
      id: "BAAI/bge-m3", family: "XLM-RoBERTa", megabytes: 2167, dimensions: 1024,
      maximumTokens: 8192, languages: "29", license: "MIT"),
    KnownModel(
      id: "Snowflake/snowflake-arctic-embed-l-v2.0", family: "XLM-RoBERTa", megabytes: 2166,
      dimensions: 1024, nestedDimensions: [256], maximumTokens: 8192, languages: "74",
      license: "Apache-2.0", queryPrompt: "query: ", documentPrompt: ""),
    KnownModel(
      id: "ibm-granite/granite-embedding-30m-english", family: "RoBERTa", megabytes: 58,
      dimensions: 384, maximumTokens: 512, languages: "English", license: "Apache-2.0"),
    KnownModel(
      id: "ibm-granite/granite-embedding-125m-english", family: "RoBERTa", megabytes: 238,
      dimensions: 768, maximumTokens: 512, languages: "English", license: "Apache-2.0"),
    KnownModel(
      id: "ibm-granite/granite-embedding-107m-multilingual", family: "XLM-RoBERTa", megabytes: 204,
      dimensions: 384, maximumTokens: 512, languages: "13", license: "Apache-2.0"),
    KnownModel(
      id: "ibm-granite/granite-embedding-278m-multilingual", family: "XLM-RoBERTa", megabytes: 530,
      dimensions: 768, maximumTokens: 512, languages: "13", license: "Apache-2.0"),
    KnownModel(
      id: "sentence-transformers/all-distilroberta-v1", family: "RoBERTa", megabytes: 290,
      dimensions: 768, maximumTokens: 512, languages: "English", license: "Apache-2.0"),
    KnownModel(
      id: "nomic-ai/nomic-embed-text-v1.5", family: "NomicBERT", megabytes: 522, dimensions: 768,
      nestedDimensions: [512, 256, 128, 64], maximumTokens: 8192, languages: "English",
      license: "Apache-2.0", queryPrompt: "search_query: ", documentPrompt: "search_document: ",
      requiresPrompts: true),
    KnownModel(
      id: "Alibaba-NLP/gte-base-en-v1.5", family: "GTE", megabytes: nil, dimensions: 768,
      maximumTokens: 8192, languages: "English", license: "Apache-2.0"),
    KnownModel(
      id: "Alibaba-NLP/gte-multilingual-base", family: "GTE", megabytes: 582, dimensions: 768,
      maximumTokens: 8192, languages: "73", license: "Apache-2.0"),
    KnownModel(
      id: "Snowflake/snowflake-arctic-embed-m-v2.0", family: "GTE", megabytes: 1165,
      dimensions: 768, nestedDimensions: [256], maximumTokens: 8192, languages: "74",
      license: "Apache-2.0", queryPrompt: "query: ", documentPrompt: ""),
    KnownModel(
      id: "Alibaba-NLP/gte-modernbert-base", family: "ModernBERT", megabytes: 284, dimensions: 768,
      maximumTokens: 8192, languages: "English", license: "Apache-2.0"),
    KnownModel(
      id: "nomic-ai/modernbert-embed-base", family: "ModernBERT", megabytes: 568, dimensions: 768,
      nestedDimensions: [256], maximumTokens: 8192, languages: "English", license: "Apache-2.0",
      queryPrompt: "search_query: ", documentPrompt: "search_document: ", requiresPrompts: true),
    KnownModel(
      id: "ibm-granite/granite-embedding-english-r2", family: "ModernBERT", megabytes: 284,
      dimensions: 768, maximumTokens: 8192, languages: "English", license: "Apache-2.0"),
    KnownModel(
      id: "ibm-granite/granite-embedding-small-english-r2", family: "ModernBERT", megabytes: 91,
      dimensions: 384, maximumTokens: 8192, languages: "English", license: "Apache-2.0"),
    KnownModel(
      id: "jinaai/jina-embeddings-v2-small-en", family: "JinaBERT v2", megabytes: 62,
      dimensions: 512, maximumTokens: 8192, languages: "English", license: "Apache-2.0"),
    KnownModel(
      id: "jinaai/jina-embeddings-v2-base-en", family: "JinaBERT v2", megabytes: 262,
      dimensions: 768, maximumTokens: 8192, languages: "English", license: "Apache-2.0"),
    KnownModel(
      id: "sentence-transformers/static-retrieval-mrl-en-v1", family: "static", megabytes: 119,
      dimensions: 1024, nestedDimensions: [512, 256, 128, 64, 32], maximumTokens: nil,
      languages: "English", license: "Apache-2.0"),
    KnownModel(
      id: "sentence-transformers/static-similarity-mrl-multilingual-v1", family: "static",
      megabytes: 413, dimensions: 1024, nestedDimensions: [512, 256, 128, 64, 32],
      maximumTokens: nil, languages: "49", license: "Apache-2.0"),
    KnownModel(
      id: "minishlab/potion-base-2M", family: "static", megabytes: 7, dimensions: 64,
      maximumTokens: nil, languages: "English", license: "MIT"),
    KnownModel(
      id: "minishlab/potion-base-8M", family: "static", megabytes: 29, dimensions: 256,
      maximumTokens: nil, languages: "English", license: "MIT"),
    KnownModel(
      id: "minishlab/potion-retrieval-32M", family: "static", megabytes: 123, dimensions: 512,
      maximumTokens: nil, languages: "English", license: "MIT"),
    KnownModel(
      id: "minishlab/potion-multilingual-128M", family: "static", megabytes: 489, dimensions: 256,
      maximumTokens: nil, languages: "101", license: "MIT"),
  ]
}
