extension PlaygroundPage {
  /// The first half of the page's script: what is asked of the server, and what the form does.
  static let requestScript = #"""

    "use strict";

    const element = (id) => document.getElementById(id);

    // The server.

    /** The status of a reply that is an error; 0 when there was none. */
    class ServerError extends Error {
      constructor(message, status) {
        super(message);
        this.status = status;
      }
    }

    // Relative, so that the page works behind a proxy that serves it under another path.
    const addressOf = (path) => new URL(path, document.baseURI).href;

    /** The value that the server answers with, and how long the reply took. */
    async function ask(path, body, signal) {
      const headers = new Headers();
      const key = element("key").value.trim();
      if (key !== "") headers.set("Authorization", `Bearer ${key}`);
      if (body !== undefined) headers.set("Content-Type", "application/json");
      const start = performance.now();
      let reply, text;
      try {
        const method = body === undefined ? "GET" : "POST";
        reply = await fetch(addressOf(path), { method, headers, body, signal, cache: "no-store" });
        text = await reply.text();
      } catch (error) {
        if (error.name === "AbortError") throw error;
        throw new ServerError(`${location.origin} does not answer: is the server running?`, 0);
      }
      const milliseconds = performance.now() - start;
      let value;
      try { value = JSON.parse(text); } catch { value = undefined; }
      if (!reply.ok) {
        const message = value?.error?.message ?? `${reply.statusText} ${shortened(text, 300)}`;
        throw new ServerError(
          `The server answers with status ${reply.status}: ${message}`, reply.status);
      }
      if (value === undefined) {
        throw new ServerError(
          `${path}: expected a reply in JSON, got ${shortened(text, 100)}`, reply.status);
      }
      return { value, milliseconds };
    }

    let models = [];

    async function readModels(signal) {
      models = (await ask("v1/models", undefined, signal)).value.data;
    }

    async function loadModels(signal) {
      await readModels(signal);
      if (models.length === 0) throw new Error("The server has no models.");
      for (const id of ["model", "other"]) element(id).replaceChildren();
      append(element("other"), "option", "no other model").value = "";
      for (const id of ["model", "other"]) {
        for (const model of models) append(element(id), "option", model.id).value = model.id;
      }
      showFacts();
    }

    const requestBody = (model, input) => JSON.stringify({ model, input });

    /** What a model makes of texts: the vectors in order, the tokens, and how long it took. */
    async function embed(model, texts, signal) {
      const { value, milliseconds } =
        await ask("v1/embeddings", requestBody(model, texts), signal);
      const vectors = [];
      for (const item of value.data) vectors[item.index] = item.embedding;
      if (vectors.filter(Array.isArray).length !== texts.length) {
        throw new Error(
          `${model}: expected ${texts.length} vectors in the reply, got ${value.data.length}`);
      }
      return { model, vectors, tokens: value.usage.prompt_tokens, milliseconds };
    }

    // The form.

    const mostTexts = 2048;

    /** The texts of the form; blank lines are none. */
    function readTexts() {
      const texts = element("texts").value.split(/\r?\n/).filter((line) => line.trim() !== "");
      if (texts.length === 0) {
        element("texts").focus();
        throw new Error("Write at least one text.");
      }
      if (texts.length > mostTexts) {
        element("texts").focus();
        throw new Error(
          `The server takes at most ${mostTexts} texts at once, and these are ${texts.length}.`);
      }
      return texts;
    }

    /** What is running; another press of the button ends it. */
    let running;

    async function run() {
      running?.abort();
      const controller = new AbortController();
      running = controller;
      element("alert").textContent = "";
      element("figures").setAttribute("aria-busy", "true");
      try {
        if (models.length === 0) await loadModels(controller.signal);
        const texts = readTexts();
        const runs = [];
        // One after the other: each has the server for itself, and its time is its own.
        for (const model of new Set([element("model").value, element("other").value])) {
          if (model !== "") runs.push(await embed(model, texts, controller.signal));
        }
        show(texts, runs);
        // The server knows more of a model after its first use.
        if (runs.some(({ model }) => known(model)?.dimensions == null)) {
          await readModels(controller.signal);
          showFacts();
        }
      } catch (error) {
        showError(error);
      } finally {
        if (running === controller) element("figures").setAttribute("aria-busy", "false");
      }
    }

    function showError(error) {
      if (error.name === "AbortError") return;
      // Results beside an error would be taken for its own.
      show([], []);
      element("alert").textContent = error.message;
      if (error.status === 401) {
        element("key-field").hidden = false;
        element("key").select();
      }
    }

    const known = (name) => models.find((model) => model.id === name);

    /** What is known of the chosen models. */
    function showFacts() {
      for (const id of ["model", "other"]) {
        const model = known(element(id).value);
        const facts = [
          [model?.dimensions, "dimensions"], [model?.max_tokens, "tokens at most"],
        ].flatMap(([value, name]) => value == null ? [] : [`${value} ${name}`]);
        if (model?.precision) facts.push(model.precision);
        element(`${id}-facts`).textContent = facts.join(" · ");
      }
    }

    // The command.

    /** A text as one word of a shell. */
    const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;

    /** The request of the first model; the key is not in it, only the variable that holds it. */
    function curlCommand() {
      const headers = ["--header 'Content-Type: application/json'"];
      if (!element("key-field").hidden) {
        headers.push('--header "Authorization: Bearer $EMBED_SERVE_API_KEY"');
      }
      return [
        `curl --silent --show-error ${quoted(addressOf("v1/embeddings"))}`, ...headers,
        `--data ${quoted(requestBody(element("model").value, readTexts()))}`,
      ].join(" \\\n  ");
    }

    async function copyCommand() {
      element("alert").textContent = "";
      try {
        const command = curlCommand();
        try {
          await navigator.clipboard.writeText(command);
          element("copied").textContent = "Copied";
        } catch {
          // Browsers lend the clipboard only to pages of this machine or of TLS.
          element("command-field").hidden = false;
          element("command").value = command;
          element("command").select();
        }
      } catch (error) {
        element("alert").textContent = error.message;
      }
    }

    element("form").addEventListener("submit", (event) => { event.preventDefault(); run(); });
    element("form").addEventListener("input", () => {
      // What was copied is no longer what the form says.
      element("copied").textContent = "";
      element("command-field").hidden = true;
      showFacts();
    });
    element("copy").addEventListener("click", copyCommand);
    addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      element("form").requestSubmit();
    });

    """#
}
