/** What lies over the picture? Outlines and image layers, their toggles and their opacity. */

import { at } from "./api.js";
import { query, refine } from "./address.js";
import { button, make } from "./dom.js";
import { keep, recall } from "./kept.js";
import { OUTLINES, Overlay } from "./overlay.js";

/** The image layers, and the member each is made of. */
const IMAGES = {
  mask: ["Mask", "mask.png"],
  boxmask: ["Box mask", "boxes.png"],
  glyph: ["Glyph layer", "glyph.png"],
};
const PATHS = { mask: "mask", boxmask: "boxes", glyph: "glyph" };
const FIRST = "boxes,clusters,baselines";

/** The layers of a stage; the bar takes their toggles. */
export class Layers {
  constructor(stage, bar) {
    this.stage = stage;
    this.read();
    this.images = new Map();
    for (const kind of Object.keys(IMAGES)) {
      const image = make("img", { class: `layer ${kind}`, alt: "", draggable: "false" });
      this.images.set(kind, image);
      stage.paper.append(image);
    }
    this.buttons = new Map();
    const toggles = [
      ...OUTLINES.map((kind) => [kind, named(kind)]),
      ...Object.entries(IMAGES).map(([kind, [says]]) => [kind, says]),
    ];
    for (const [kind, says] of toggles) {
      this.buttons.set(
        kind,
        button(says, () => this.toggle(kind), { class: `toggle ${kind}` }),
      );
    }
    this.slider = make("input", {
      type: "range",
      min: 0,
      max: 1,
      step: 0.05,
      "aria-label": "Opacity",
      title: "Opacity of the layers: [ and ]",
    });
    this.slider.addEventListener("input", () => this.fade(Number(this.slider.value)));
    bar.append(...this.buttons.values(), this.slider);
  }

  /** Take from the address which are shown, else as they were last. */
  read() {
    const said = (name) => query().get(name) ?? recall(name);
    this.shown = new Set((said("show") ?? FIRST).split(",").filter(Boolean));
    this.hidden = query().get("bare") === "1"; // `o` hides them all, and brings back the same
    this.opacity = Number(said("opacity") ?? 0.6);
  }

  /** Lay those of another sample. */
  lay(d, told, width, height) {
    Object.assign(this, { d, key: told.key, members: told.members ?? {} });
    this.overlay?.node.remove();
    this.overlay = new Overlay(told.facts, told.layout, width, height);
    this.stage.paper.append(this.overlay.node);
    for (const [kind, node] of this.buttons) {
      const member = kind in IMAGES ? IMAGES[kind][1] : kind === "boxes" ? "json" : "layout.json";
      node.disabled = !(member in this.members);
      node.title = node.disabled ? `the dataset has no ${member}` : "";
    }
    this.#settle();
  }

  /** Show a layer, or hide it. */
  toggle(kind) {
    if (this.hidden) this.shown.clear();
    this.hidden = false;
    if (!this.shown.delete(kind)) this.shown.add(kind);
    keep("show", [...this.shown].join(","));
    this.#settle();
    this.#say();
  }

  /** Hide them all, or bring the same back. */
  bare() {
    this.hidden = !this.hidden;
    this.#settle();
    this.#say();
  }

  /** Set how much the image layers cover, 0 to 1. */
  fade(opacity) {
    this.opacity = Math.round(Math.min(Math.max(opacity, 0), 1) * 20) / 20;
    keep("opacity", String(this.opacity));
    this.#settle();
    this.#say();
  }

  #settle() {
    const seen = (kind) => !this.hidden && this.shown.has(kind) && !this.buttons.get(kind).disabled;
    for (const [kind, node] of this.buttons) node.setAttribute("aria-pressed", String(seen(kind)));
    this.overlay?.show(new Set(OUTLINES.filter(seen)));
    for (const [kind, image] of this.images) {
      image.hidden = !seen(kind);
      image.style.opacity = String(this.opacity);
      if (image.hidden || !this.key) continue;
      const src = at.image(this.d, this.key, PATHS[kind]);
      if (image.getAttribute("src") !== src) image.setAttribute("src", src);
    }
    this.slider.value = String(this.opacity);
  }

  #say() {
    refine({
      show: [...this.shown].join(",") || "none",
      bare: this.hidden ? "1" : "",
      opacity: this.opacity,
    });
  }
}

const named = (kind) => kind[0].toUpperCase() + kind.slice(1);
