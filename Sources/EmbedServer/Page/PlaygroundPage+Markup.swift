extension PlaygroundPage {
  /// The page's elements, which the script fills.
  static let body = #"""
    <header>
    <h1>embed</h1>
    <p>Compare texts by their embeddings</p>
    </header>
    <main>
    <form id="form">
    <div id="text-field">
    <label for="texts">Texts, one a line</label>
    <textarea id="texts" rows="9" spellcheck="false" aria-keyshortcuts="Control+Enter">
    A cat sat on the mat.
    The kitten sleeps on a rug.
    Dogs bark at strangers.
    Shares fell after the bank's report.
    The stock market lost two per cent.
    How do I bake bread?
    Knead the dough and let it rise.</textarea>
    </div>
    <div id="choices">
    <div>
    <label for="model">Model</label>
    <select id="model" aria-describedby="model-facts"></select>
    <p id="model-facts" class="quiet"></p>
    </div>
    <div>
    <label for="other">Compare with</label>
    <select id="other" aria-describedby="other-facts"></select>
    <p id="other-facts" class="quiet"></p>
    </div>
    <div id="key-field" hidden>
    <label for="key">API key</label>
    <input id="key" type="password" autocomplete="off" aria-describedby="key-facts">
    <p id="key-facts" class="quiet">Kept in the memory of this page only.</p>
    </div>
    <div id="buttons">
    <button id="run" type="submit">Embed <kbd>Ctrl+Enter</kbd></button>
    <button id="copy" type="button">Copy curl command</button>
    <span id="copied" class="quiet" role="status"></span>
    </div>
    </div>
    <div id="command-field" hidden>
    <label for="command">curl command, to be copied from here</label>
    <textarea id="command" rows="5" readonly spellcheck="false"></textarea>
    </div>
    </form>
    <div>
    <p id="alert" role="alert"></p>
    <p id="status" role="status"></p>
    </div>
    <div id="figures"></div>
    <noscript><p>This page works by a script, which your browser does not run.</p></noscript>
    </main>
    """#
}
