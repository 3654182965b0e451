import { createHash } from 'node:crypto';
import type { Picture } from '../../analysis/graph/picture.ts';
import type { PageCode } from '../installation.ts';

/**
 * One page that needs nothing else: neither a network nor a server. Its Content-Security-Policy allows this very script and this
 * very style, and no request at all; no text becomes markup (Trusted Types).
 *
 * @see https://www.w3.org/TR/CSP3/
 */
export function htmlOf(picture: Picture, { script, style }: PageCode): string {
  for (const code of [script, style]) {
    if (/<\/(script|style)|<!--/i.test(code))
      throw new Error('the code of the page would end its own element');
  }
  const policy = [
    "default-src 'none'",
    `script-src '${hashOf(script)}'`,
    `style-src '${hashOf(style)}'`,
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy.join('; ')}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>Peerings</title>
<style>${style}</style>
</head>
<body>${BODY}
<script type="application/json" id="data">${jsonIn(picture)}</script>
<script>${script}</script>
</body>
</html>
`;
}

const hashOf = (code: string): string => `sha256-${createHash('sha256').update(code).digest('base64')}`;

/** JSON that ends no element and begins no comment, whatever its strings hold. */
const jsonIn = (value: unknown): string =>
  JSON.stringify(value).replaceAll(
    /[<>&\u2028\u2029]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

const BODY = `
<a class="skip" href="#table">To the table</a>
<header>
  <h1>Peerings</h1>
  <span id="summary"></span>
  <div class="find">
    <label>Find <input id="search" type="search" autocomplete="off" placeholder="name, id or CIDR" aria-describedby="found"></label>
    <span id="found" role="status"></span>
    <ul id="results" aria-label="What was found"></ul>
  </div>
  <div class="tools">
    <label>Colours by <select id="color"><option>state</option><option>rule</option><option>region</option></select></label>
    <button type="button" id="nearer" aria-label="Nearer">+</button>
    <button type="button" id="farther" aria-label="Farther">−</button>
    <button type="button" id="whole">All</button>
  </div>
</header>
<main>
  <canvas id="canvas" tabindex="0" role="application" aria-label="Picture of the peerings" aria-describedby="keys"></canvas>
  <aside aria-label="Legend and details">
    <fieldset id="legend"></fieldset>
    <div id="details" aria-live="polite"></div>
    <p id="keys">Keys in the picture: arrows move it, + and − zoom, 0 shows all, n and p go through the VPCs, Escape lets go; / finds.</p>
  </aside>
</main>
<section id="table" tabindex="-1" aria-label="Table of the peerings">
  <table>
    <caption id="caption"></caption>
    <thead><tr><th scope="col">Peering</th><th scope="col">State</th><th scope="col">Requester</th><th scope="col">Accepter</th><th scope="col">Policy</th></tr></thead>
    <tbody id="rows"></tbody>
  </table>
  <p class="turn"><button type="button" id="earlier">Earlier</button> <button type="button" id="later">Later</button></p>
</section>
<noscript><p>This page draws with JavaScript. <code>autopeer graph --format svg</code> gives a picture without.</p></noscript>`;
