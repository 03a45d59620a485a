extension MapPage {
  /// The page's style, light or dark as the reader has it.
  static let style = #"""

    :root {
      color-scheme: light dark;
      --background: #ffffff;
      --surface: #f3f4f6;
      --border: #c9ccd3;
      --text: #16181d;
      --quiet: #5c6270;
      --accent: #0b57d0;
    }
    @media (prefers-color-scheme: dark) {
      :root {
        --background: #14161a;
        --surface: #1f2229;
        --border: #454a56;
        --text: #eceef2;
        --quiet: #a4aab8;
        --accent: #8ab4f8;
      }
    }
    * { box-sizing: border-box; }
    [hidden] { display: none !important; }
    html, body { height: 100%; margin: 0; }
    body {
      display: grid;
      grid-template: auto minmax(0, 1fr) / minmax(0, 1fr) 20rem;
      grid-template-areas: "header header" "main aside";
      background: var(--background);
      color: var(--text);
      font: 15px/1.4 system-ui, sans-serif;
    }
    header {
      grid-area: header;
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      gap: 0.4rem 1rem;
      padding: 0.5rem 1rem;
      background: var(--surface);
      border-bottom: 1px solid var(--border);
    }
    h1 { margin: 0; font-size: 1.15rem; overflow-wrap: anywhere; }
    #summary { margin: 0 auto 0 0; color: var(--quiet); }
    input, select, button {
      font: inherit;
      color: inherit;
      background: var(--background);
      border: 1px solid var(--border);
      border-radius: 4px;
      padding: 0.2rem 0.5rem;
    }
    select { max-width: 12rem; }
    button { cursor: pointer; }
    :focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; }
    main { grid-area: main; position: relative; overflow: hidden; }
    canvas#map { display: block; width: 100%; height: 100%; touch-action: none; cursor: grab; }
    canvas#map:focus-visible { outline-offset: -3px; }
    #keys {
      position: absolute;
      left: 0;
      bottom: 0;
      margin: 0;
      padding: 0.3rem 0.8rem;
      background: var(--surface);
      color: var(--quiet);
      font-size: 0.85rem;
      opacity: 0;
      pointer-events: none;
    }
    canvas:focus-visible ~ #keys { opacity: 1; }
    aside {
      grid-area: aside;
      overflow-y: auto;
      padding: 0.8rem;
      border-left: 1px solid var(--border);
    }
    aside section { margin-bottom: 1rem; }
    .card {
      padding: 0.6rem;
      background: var(--surface);
      border: 1px solid var(--border);
      border-radius: 6px;
      overflow-wrap: anywhere;
    }
    .card h2 { margin: 0 0 0.3rem; font-size: 1rem; }
    .card p { margin: 0 0 0.3rem; white-space: pre-wrap; }
    .card dl {
      display: grid;
      grid-template-columns: auto 1fr;
      gap: 0.1rem 0.6rem;
      margin: 0;
      font-size: 0.9rem;
    }
    .card dt { color: var(--quiet); }
    .card dd { margin: 0; }
    #hover { position: absolute; max-width: 22rem; pointer-events: none; z-index: 1; }
    #legend h2 { margin: 0 0 0.3rem; font-size: 0.95rem; }
    #legend ul, #matches { list-style: none; margin: 0; padding: 0; }
    #legend li button, #matches button {
      display: flex;
      align-items: center;
      gap: 0.5rem;
      width: 100%;
      padding: 0.15rem 0.3rem;
      border-color: transparent;
      text-align: left;
      overflow-wrap: anywhere;
    }
    #legend canvas { flex: none; }
    #legend button[aria-pressed="false"] { opacity: 0.45; text-decoration: line-through; }
    #matches button { display: block; border-bottom-color: var(--border); border-radius: 0; }
    #matches button:hover { background: var(--surface); }
    #matches small { display: block; color: var(--quiet); }
    #status { margin: 0 0 0.3rem; color: var(--quiet); }
    @media (max-width: 50rem) {
      body {
        grid-template: auto minmax(16rem, 60vh) auto / minmax(0, 1fr);
        grid-template-areas: "header" "main" "aside";
        height: auto;
      }
      aside { border-left: 0; border-top: 1px solid var(--border); }
    }

    """#
}
