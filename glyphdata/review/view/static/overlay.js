/** Where does each label lie? The layout as paths over the picture, and what is under a point. */

import { drawn } from "./dom.js";
import { bytewise } from "./text.js";

/** The kinds of outline, in the order that they are laid. */
export const OUTLINES = ["clusters", "words", "lines", "boxes", "baselines"];

/** The labels of a stored sample as one SVG; `layout` is the member, `facts` has the texts. */
export class Overlay {
  #clusters = [];

  constructor(facts, layout, width, height) {
    const unit = layout?.unit ?? 16;
    this.unit = unit;
    this.told = layout?.boxes ?? [];
    this.facts = new Map((facts?.boxes ?? []).map((box) => [box.id, box]));
    this.paths = new Map(
      OUTLINES.map((kind) => [kind, drawn("path", { class: kind, d: this.#way(kind) })]),
    );
    this.spot = drawn("path", { class: "spot" });
    const frame = `0 0 ${width * unit} ${height * unit}`;
    this.node = drawn(
      "svg",
      { class: "overlay", viewBox: frame },
      [...this.paths.values()],
      this.spot,
    );
    for (const box of this.told) this.#cut(box);
  }

  /** Show these kinds and no others. */
  show(kinds) {
    for (const [kind, path] of this.paths) path.classList.toggle("off", !kinds.has(kind));
  }

  /** Lines stay as thin as a screen's whatever the scale. */
  thin(scale) {
    this.node.style.strokeWidth = String((1.25 * this.unit) / scale);
  }

  /** The cluster under a point of the picture, and its outline lit; null where there is none. */
  at(across, down) {
    const x = across * this.unit;
    const y = down * this.unit;
    const found = this.#clusters.findLast(({ quad }) => inside(quad, x, y)) ?? null;
    this.spot.setAttribute("d", found ? closed(found.quad) : "");
    return found;
  }

  #way(kind) {
    if (kind === "boxes")
      return [...this.facts.values()].map(({ quad }) => closed(this.#scaled(quad))).join("");
    return this.told.map((box) => this.#lines(kind, box)).join("");
  }

  #lines(kind, box) {
    if (kind === "lines") return (box.lines ?? []).map(({ quad }) => closed(quad)).join("");
    if (kind === "words") return (box.words ?? []).map(({ quad }) => closed(quad)).join("");
    if (kind === "baselines")
      return (box.lines ?? []).map(({ baseline }) => stroke(baseline)).join("");
    return fours(box.clusters?.quads).map(closed).join("");
  }

  #scaled(quad) {
    return (quad ?? []).map((one) => one * this.unit);
  }

  #cut(box) {
    const facts = this.facts.get(box.id);
    const cut = bytewise(facts?.text);
    const { start = [], end = [], line = [], mask = [], quads } = box.clusters ?? {};
    fours(quads).forEach((quad, n) => {
      const says = { text: cut(start[n], end[n]), start: start[n], end: end[n] };
      this.#clusters.push({ ...says, line: line[n], mask: mask[n], quad, box: facts });
    });
  }
}

function fours(flat) {
  const quads = [];
  for (let from = 0; from + 8 <= (flat?.length ?? 0); from += 8)
    quads.push(flat.slice(from, from + 8));
  return quads;
}

function points(flat) {
  return (flat ?? []).every(Number.isFinite) ? (flat ?? []) : []; // what is no number draws nothing
}

function stroke(flat) {
  const corners = points(flat);
  let way = "";
  for (let n = 0; n + 1 < corners.length; n += 2)
    way += `${n ? "L" : "M"}${corners[n]} ${corners[n + 1]}`;
  return way;
}

function closed(flat) {
  const way = stroke(flat);
  return way && `${way}Z`;
}

/** Whether a point is in a quad: it is on one side of all four edges. */
function inside(quad, x, y) {
  let side = 0;
  for (let n = 0; n < 8; n += 2) {
    const [x0, y0, x1, y1] = [quad[n], quad[n + 1], quad[(n + 2) % 8], quad[(n + 3) % 8]];
    const turn = Math.sign((x1 - x0) * (y - y0) - (y1 - y0) * (x - x0));
    if (turn && side && turn !== side) return false;
    side ||= turn;
  }
  return side !== 0;
}
