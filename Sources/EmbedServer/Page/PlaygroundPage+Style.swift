extension PlaygroundPage {
  /// The page's style, light or dark as the reader has it.
  ///
  /// Numbers are legible on every colour of the heat map: it ends where their contrast is 5 to 1.
  static let style = #"""

    :root {
      color-scheme: light dark;
      --background: #ffffff;
      --surface: #f5f6f8;
      --border: #d3d7de;
      --edge: #868d9b;
      --text: #16181d;
      --quiet: #5c6270;
      --accent: #0b57d0;
      --on-accent: #ffffff;
      --heat: #6fa8f7;
      --alert: #a3160f;
    }
    @media (prefers-color-scheme: dark) {
      :root {
        --background: #14161a;
        --surface: #1d2026;
        --border: #383d47;
        --edge: #747b8a;
        --text: #eceef2;
        --quiet: #a4aab8;
        --accent: #8ab4f8;
        --on-accent: #0b1a33;
        --heat: #2060c0;
        --alert: #ff9d94;
      }
    }
    * { box-sizing: border-box; }
    [hidden] { display: none !important; }
    body {
      margin: 0;
      background: var(--background);
      color: var(--text);
      font: 15px/1.4 system-ui, sans-serif;
    }
    header {
      display: flex;
      flex-wrap: wrap;
      align-items: baseline;
      gap: 0 0.8rem;
      padding: 0.5rem 1rem;
      background: var(--surface);
      border-bottom: 1px solid var(--border);
    }
    h1, h2, p { margin: 0; }
    h1 { font-size: 1.15rem; }
    h2 { font-size: 1rem; overflow-wrap: anywhere; }
    header p, .quiet { color: var(--quiet); }
    .quiet { font-size: 0.85rem; }
    main { display: grid; gap: 0.8rem; max-width: 110rem; margin: 0 auto; padding: 0.8rem 1rem; }
    form { display: grid; gap: 0.8rem 1rem; }
    #text-field, #command-field { display: flex; flex-direction: column; }
    #choices { display: flex; flex-direction: column; gap: 0.6rem; }
    label { display: block; margin-bottom: 0.15rem; font-weight: 600; font-size: 0.9rem; }
    textarea, select, input, button {
      font: inherit;
      color: inherit;
      background: var(--background);
      border: 1px solid var(--edge);
      border-radius: 4px;
      padding: 0.3rem 0.5rem;
    }
    textarea { flex: 1; width: 100%; resize: vertical; line-height: 1.5; }
    #command { font: 13px/1.4 ui-monospace, monospace; white-space: pre; }
    select, input { width: 100%; }
    #buttons { display: flex; flex-wrap: wrap; align-items: center; gap: 0.5rem; }
    button { cursor: pointer; }
    #run { background: var(--accent); border-color: var(--accent); color: var(--on-accent); }
    kbd { margin-left: 0.3rem; font: inherit; font-size: 0.8rem; }
    :focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
    #alert:not(:empty) {
      padding: 0.4rem 0.8rem;
      border: 1px solid var(--alert);
      border-left-width: 4px;
      border-radius: 4px;
      color: var(--alert);
      overflow-wrap: anywhere;
    }
    #status { overflow-wrap: anywhere; }
    #figures[aria-busy="true"] { opacity: 0.5; }
    #figures { display: grid; gap: 0.8rem; align-items: start; }
    #figures section {
      min-width: 0;
      padding: 0.6rem 0.8rem 0.8rem;
      background: var(--surface);
      border: 1px solid var(--border);
      border-radius: 6px;
    }
    #figures section > .quiet { margin-bottom: 0.5rem; }
    @media (min-width: 60rem) {
      form { grid-template-columns: minmax(0, 1fr) 22rem; }
      #command-field { grid-column: 1 / -1; }
      #figures { grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); }
    }

    .scroll { position: relative; overflow: auto; max-height: 36rem; }
    table {
      border-collapse: separate;
      border-spacing: 1px;
      font-size: 13px;
      font-variant-numeric: tabular-nums;
    }
    th, td { padding: 0.2rem 0.35rem; }
    th { font-weight: 400; background: var(--surface); }
    thead th { position: sticky; top: 0; z-index: 1; text-align: right; color: var(--quiet); }
    tbody th {
      position: sticky;
      left: 0;
      max-width: 14rem;
      overflow: hidden;
      text-align: left;
      text-overflow: ellipsis;
      white-space: nowrap;
    }
    thead th:first-child { left: 0; z-index: 2; }
    td {
      min-width: 3rem;
      text-align: right;
      background: color-mix(in oklab, var(--heat) calc(100% * var(--part)), var(--background));
    }
    td.self { color: var(--quiet); background: none; }
    tbody tr:hover th { color: var(--accent); }
    td:hover { outline: 2px solid var(--accent); outline-offset: -1px; }
    .number { display: inline-block; min-width: 1.2rem; margin-right: 0.3rem; color: var(--quiet); }
    .spoken {
      position: absolute;
      width: 1px;
      height: 1px;
      overflow: hidden;
      clip-path: inset(50%);
      white-space: nowrap;
    }

    svg {
      display: block;
      width: 100%;
      background: var(--background);
      border: 1px solid var(--border);
      border-radius: 4px;
    }
    circle { fill: var(--accent); stroke: var(--background); }
    svg text { fill: var(--text); font: 12px system-ui, sans-serif; }
    .axis { stroke: var(--border); }
    #figures ol {
      max-height: 15rem;
      margin: 0.6rem 0 0;
      padding: 0;
      overflow-y: auto;
      list-style: none;
      font-size: 13px;
    }
    #figures li { display: flex; gap: 0 0.6rem; padding: 0.1rem 0; }
    li .text { flex: 1; min-width: 0; overflow-wrap: anywhere; }
    li .number { margin: 0; }
    li .quiet { font-size: inherit; white-space: nowrap; font-variant-numeric: tabular-nums; }
    @media (max-width: 30rem) {
      main { padding: 0.6rem; }
      tbody th { max-width: 7.5rem; }
    }

    """#
}
