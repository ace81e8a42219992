/** How is foreign text shown? Isolated from ours, with what would be invisible made visible. */

import { make } from "./dom.js";

// What steers or hides text. Joiners (200C, 200D) are left to the scripts that need them.
const HIDDEN = new RegExp(
  "[" +
    "\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f\\u00ad\\u061c\\u180e\\u200b\\u200e\\u200f" +
    "\\u2028-\\u202e\\u2060-\\u206f\\ufeff\\ufff9-\\ufffb\\u{e0000}-\\u{e007f}" +
    "]",
  "gu",
);
const NAMES = new Map([
  [0x061c, "ALM"],
  [0x200e, "LRM"],
  [0x200f, "RLM"],
  [0x202a, "LRE"],
  [0x202b, "RLE"],
  [0x202c, "PDF"],
  [0x202d, "LRO"],
  [0x202e, "RLO"],
  [0x2066, "LRI"],
  [0x2067, "RLI"],
  [0x2068, "FSI"],
  [0x2069, "PDI"],
]);

function named(character) {
  const code = character.codePointAt(0);
  return NAMES.get(code) ?? `U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
}

/** Text nodes, and a mark for each hidden character. */
export function shown(text) {
  const parts = [];
  let from = 0;
  for (const found of String(text).matchAll(HIDDEN)) {
    if (found.index > from) parts.push(text.slice(from, found.index));
    parts.push(make("span", { class: "control" }, named(found[0])));
    from = found.index + found[0].length;
  }
  const rest = String(text).slice(from);
  return rest ? [...parts, rest] : parts;
}

/** Foreign text in an element that its direction cannot leave. */
export function foreign(text, kind) {
  return make("bdi", { class: kind }, shown(text ?? ""));
}

/** Foreign text where only a string will do: a title, a label. */
export function plain(text) {
  return String(text ?? "").replace(HIDDEN, (character) => `⟨${named(character)}⟩`);
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A function that cuts a text at UTF-8 byte offsets, as the labels count. */
export function bytewise(text) {
  const bytes = encoder.encode(text ?? "");
  return (start, end) => decoder.decode(bytes.subarray(start, end));
}

/** A number as people read it; a dash where there is none. */
export function number(value, digits = 1) {
  if (typeof value !== "number" || !Number.isFinite(value)) return "–";
  return value.toLocaleString("en", { maximumFractionDigits: digits });
}

/** How many of something: `1 box`, `2 boxes`. */
export function count(value, one, many = `${one}s`) {
  return `${number(value, 0)} ${value === 1 ? one : many}`;
}
