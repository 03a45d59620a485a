/// The description of the routes for programs.
///
/// Source: https://spec.openapis.org/oas/v3.1.0
enum OpenAPIDocument {
  /// The document, with the limits in force.
  static func json(_ configuration: ServerConfiguration) -> String {
    let most = configuration.limits.inputs
    let scheme = configuration.apiKeys.isEmpty ? "" : #", "security": [{"key": []}]"#
    return """
      {
        "openapi": "3.1.0",
        "info": {"title": "swift-embed", "version": "\(configuration.version)"}\(scheme),
        "paths": {
          "/v1/embeddings": {"post": \(post("Vectors of inputs, as OpenAI has it", "EmbeddingRequest", "EmbeddingReply"))},
          "/embeddings": {"post": \(post("The same", "EmbeddingRequest", "EmbeddingReply"))},
          "/v1/models": {"get": \(get("The models", "ModelList"))},
          "/v1/models/{id}": {
            "parameters": [
              {"name": "id", "in": "path", "required": true, "schema": {"type": "string", "minLength": 1}}
            ],
            "get": \(get("A model", "Model"))
          },
          "/api/embed": {"post": \(post("Vectors of texts, as Ollama has it", "OllamaRequest", "OllamaReply"))},
          "/api/embeddings": {"post": \(post("The vector of a text, as older versions of Ollama have it", "OllamaPrompt", "SingleVector"))},
          "/api/tags": {"get": \(get("The models, as Ollama has it", "Object"))},
          "/api/version": {"get": \(get("The version, as Ollama has it", "Object"))},
          "/embed": {"post": \(post("Vectors of inputs, as text-embeddings-inference has it", "TEIRequest", "Vectors"))},
          "/tokenize": {"post": \(post("The tokens of texts, as text-embeddings-inference has it", "TokenizeRequest", "List"))},
          "/similarity": {"post": \(post("Cosines, as text-embeddings-inference has it", "SimilarityRequest", "Vector"))},
          "/rerank": {"post": \(post("Texts ranked for a query, as text-embeddings-inference has it", "TEIRerankRequest", "List"))},
          "/v1/rerank": {"post": \(post("Documents ranked for a query, as Jina and Cohere have it", "RerankRequest", "RerankReply"))},
          "/v2/rerank": {"post": \(post("The same", "RerankRequest", "RerankReply"))},
          "/embedding": {"post": \(post("Vectors of inputs, as llama.cpp has it", "LlamaCppRequest", "List"))},
          "/info": {"get": \(get("The limits, and what models make", "Object"))},
          "/health": {"get": \(get("Embeds one text", "Object"))},
          "/metrics": {"get": \(get("Metrics for Prometheus", nil))},
          "/openapi.json": {"get": \(get("This document", "Object"))}
        },
        "components": {
          "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
          "schemas": {
            "Object": {"type": "object"},
            "List": {"type": "array"},
            "Vector": {"type": "array", "items": {"type": "number"}},
            "Vectors": {"type": "array", "items": {"$ref": "#/components/schemas/Vector"}},
            "SingleVector": {
              "type": "object",
              "properties": {"embedding": {"$ref": "#/components/schemas/Vector"}},
              "required": ["embedding"]
            },
            "Texts": {
              "oneOf": [
                {"type": "string"},
                {"type": "array", "items": {"type": "string"}, "maxItems": \(most)}
              ]
            },
            "Inputs": {
              "oneOf": [
                {"type": "string", "minLength": 1},
                {"type": "array", "items": {"type": "string", "minLength": 1}, "minItems": 1, "maxItems": \(most)},
                {"type": "array", "items": {"type": "integer", "minimum": 0}, "minItems": 1},
                {
                  "type": "array",
                  "items": {"type": "array", "items": {"type": "integer", "minimum": 0}, "minItems": 1},
                  "minItems": 1, "maxItems": \(most)
                }
              ]
            },
            "EmbeddingRequest": {
              "type": "object",
              "properties": {
                "model": {"type": "string"},
                "input": {"$ref": "#/components/schemas/Inputs"},
                "encoding_format": {"enum": ["float", "base64", null]},
                "dimensions": {"type": ["integer", "null"], "minimum": 1},
                "user": {"type": ["string", "null"]},
                "input_type": {"enum": ["query", "document", "search_query", "search_document", null]},
                "prompt_name": {"enum": ["query", "document", "passage", null]},
                "truncate": {"type": ["boolean", "null"]}
              },
              "required": ["model", "input"]
            },
            "EmbeddingReply": {
              "type": "object",
              "properties": {
                "object": {"const": "list"},
                "data": {
                  "type": "array",
                  "items": {
                    "type": "object",
                    "properties": {
                      "object": {"const": "embedding"},
                      "index": {"type": "integer"},
                      "embedding": {"oneOf": [{"type": "string"}, {"$ref": "#/components/schemas/Vector"}]}
                    },
                    "required": ["object", "index", "embedding"]
                  }
                },
                "model": {"type": "string"},
                "usage": {
                  "type": "object",
                  "properties": {
                    "prompt_tokens": {"type": "integer"}, "total_tokens": {"type": "integer"}
                  },
                  "required": ["prompt_tokens", "total_tokens"]
                }
              },
              "required": ["object", "data", "model", "usage"]
            },
            "Model": {
              "type": "object",
              "properties": {
                "id": {"type": "string"},
                "object": {"const": "model"},
                "created": {"type": "integer"},
                "owned_by": {"type": "string"},
                "task": {"enum": ["embedding", "reranking"]},
                "dimensions": {"type": ["integer", "null"]},
                "max_tokens": {"type": ["integer", "null"]},
                "precision": {"type": ["string", "null"]},
                "fingerprint": {"type": "object", "additionalProperties": {"type": "string"}}
              },
              "required": ["id", "object", "created", "owned_by"]
            },
            "ModelList": {
              "type": "object",
              "properties": {
                "object": {"const": "list"},
                "data": {"type": "array", "items": {"$ref": "#/components/schemas/Model"}}
              },
              "required": ["object", "data"]
            },
            "OllamaRequest": {
              "type": "object",
              "properties": {
                "model": {"type": "string", "minLength": 1},
                "input": {"$ref": "#/components/schemas/Texts"},
                "truncate": {"type": ["boolean", "null"]},
                "dimensions": {"type": ["integer", "null"]}
              },
              "required": ["model"]
            },
            "OllamaReply": {
              "type": "object",
              "properties": {
                "model": {"type": "string"},
                "embeddings": {"$ref": "#/components/schemas/Vectors"},
                "total_duration": {"type": "integer"},
                "load_duration": {"type": "integer"},
                "prompt_eval_count": {"type": "integer"}
              },
              "required": ["model", "embeddings"]
            },
            "OllamaPrompt": {
              "type": "object",
              "properties": {"model": {"type": "string", "minLength": 1}, "prompt": {"type": "string"}},
              "required": ["model"]
            },
            "TEIRequest": {
              "type": "object",
              "properties": {
                "inputs": {"$ref": "#/components/schemas/Inputs"},
                "truncate": {"type": ["boolean", "null"]},
                "normalize": {"type": ["boolean", "null"]},
                "prompt_name": {"enum": ["query", "document", "passage", null]},
                "dimensions": {"type": ["integer", "null"], "minimum": 1},
                "model": {"type": ["string", "null"]}
              },
              "required": ["inputs"]
            },
            "TokenizeRequest": {
              "type": "object",
              "properties": {
                "inputs": {"$ref": "#/components/schemas/Texts"},
                "add_special_tokens": {"type": ["boolean", "null"]},
                "model": {"type": ["string", "null"]}
              },
              "required": ["inputs"]
            },
            "SimilarityRequest": {
              "type": "object",
              "properties": {
                "inputs": {
                  "type": "object",
                  "properties": {
                    "source_sentence": {"type": "string"},
                    "sentences": {"type": "array", "items": {"type": "string"}, "minItems": 1}
                  },
                  "required": ["source_sentence", "sentences"]
                },
                "model": {"type": ["string", "null"]}
              },
              "required": ["inputs"]
            },
            "Documents": {
              "type": "array",
              "items": {
                "oneOf": [
                  {"type": "string"},
                  {"type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"]}
                ]
              },
              "minItems": 1, "maxItems": \(most)
            },
            "TEIRerankRequest": {
              "type": "object",
              "properties": {
                "query": {"type": "string"},
                "texts": {"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": \(most)},
                "raw_scores": {"type": ["boolean", "null"]},
                "return_text": {"type": ["boolean", "null"]},
                "truncate": {"type": ["boolean", "null"]},
                "model": {"type": ["string", "null"]}
              },
              "required": ["query", "texts"]
            },
            "RerankRequest": {
              "type": "object",
              "properties": {
                "model": {"type": ["string", "null"]},
                "query": {"type": "string"},
                "documents": {"$ref": "#/components/schemas/Documents"},
                "top_n": {"type": ["integer", "null"], "minimum": 1},
                "return_documents": {"type": ["boolean", "null"]},
                "truncate": {"type": ["boolean", "null"]}
              },
              "required": ["query", "documents"]
            },
            "RerankReply": {
              "type": "object",
              "properties": {
                "object": {"const": "list"},
                "model": {"type": "string"},
                "results": {
                  "type": "array",
                  "items": {
                    "type": "object",
                    "properties": {
                      "index": {"type": "integer"},
                      "relevance_score": {"type": "number"},
                      "document": {"type": "object", "properties": {"text": {"type": "string"}}}
                    },
                    "required": ["index", "relevance_score"]
                  }
                },
                "usage": {
                  "type": "object",
                  "properties": {
                    "prompt_tokens": {"type": "integer"}, "total_tokens": {"type": "integer"}
                  },
                  "required": ["prompt_tokens", "total_tokens"]
                }
              },
              "required": ["object", "model", "results", "usage"]
            },
            "LlamaCppRequest": {
              "type": "object",
              "properties": {
                "content": {"$ref": "#/components/schemas/Inputs"},
                "input": {"$ref": "#/components/schemas/Inputs"},
                "embd_normalize": {"enum": [-1, 2, null]},
                "model": {"type": ["string", "null"]}
              }
            },
            "Error": {
              "type": "object",
              "properties": {"error": {"type": ["object", "string"]}},
              "required": ["error"]
            }
          }
        }
      }

      """
  }

  private static func post(_ summary: String, _ request: String, _ reply: String) -> String {
    """
    {
            "summary": "\(summary)",
            "requestBody": {
              "required": true,
              "content": {"application/json": {"schema": {"$ref": "#/components/schemas/\(request)"}}}
            },
            "responses": \(responses(reply))
          }
    """
  }

  private static func get(_ summary: String, _ reply: String?) -> String {
    """
    {"summary": "\(summary)", "responses": \(responses(reply))}
    """
  }

  private static func responses(_ reply: String?) -> String {
    let content = reply.map {
      """
      , "content": {"application/json": {"schema": {"$ref": "#/components/schemas/\($0)"}}}
      """
    }
    return """
      {
              "200": {"description": "Fine"\(content ?? "")},
              "default": {
                "description": "What is wrong",
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
              }
            }
      """
  }
}
