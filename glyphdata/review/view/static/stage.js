/** A picture on a stage: fitted, enlarged to its pixels, dragged about, under its layers. */

import { make } from "./dom.js";

const MOST = 64; // screen pixels per pixel
const STEP = 1.25;
const EDGE = 24; // px of the stage left free round a fitted picture

/** The stage in an element; `moved` hears when the view has changed. */
export class Stage {
  #drag = null;

  constructor(host, { moved, pointed }) {
    Object.assign(this, { host, moved, pointed });
    this.picture = make("img", { class: "picture", alt: "", draggable: "false" });
    this.paper = make("div", { class: "paper" }, this.picture);
    host.append(this.paper);
    Object.assign(this, { x: 0, y: 0, scale: 1, width: 1, height: 1, fitted: true });
    host.addEventListener("wheel", (event) => this.#wheeled(event), { passive: false });
    host.addEventListener("pointerdown", (event) => this.#taken(event));
    host.addEventListener("pointermove", (event) => this.#dragged(event));
    host.addEventListener("pointerup", () => this.#dropped());
    host.addEventListener("pointercancel", () => this.#dropped());
    host.addEventListener("pointerleave", () => this.pointed(null));
    new ResizeObserver(() => (this.fitted ? this.fit() : this.#lay())).observe(host);
  }

  /** Lay a picture of this size; the view stays where the size stays. */
  show(src, width, height, says) {
    const other = width !== this.width || height !== this.height;
    Object.assign(this, { width, height });
    if (src) this.picture.src = src;
    else this.picture.removeAttribute("src");
    this.paper.hidden = !src;
    this.picture.alt = says;
    if (other || this.fitted) this.fit();
    else this.#lay();
  }

  /** The whole picture, as large as the stage allows; small ones in whole pixels. */
  fit() {
    const { clientWidth: wide, clientHeight: high } = this.host;
    const room = Math.min((wide - EDGE) / this.width, (high - EDGE) / this.height);
    this.fitted = true;
    this.scale = room > 2 ? Math.floor(room) : Math.max(room, 1 / 16);
    this.x = (wide - this.width * this.scale) / 2;
    this.y = (high - this.height * this.scale) / 2;
    this.#lay();
  }

  /** Enlarge by a factor about a point of the stage, its middle if none is given. */
  zoom(factor, x = this.host.clientWidth / 2, y = this.host.clientHeight / 2) {
    const scale = Math.min(Math.max(this.scale * factor, 1 / 16), MOST);
    const by = scale / this.scale;
    Object.assign(this, {
      scale,
      x: x - (x - this.x) * by,
      y: y - (y - this.y) * by,
      fitted: false,
    });
    this.#lay();
  }

  /** One screen pixel per pixel. */
  exact() {
    this.zoom(1 / this.scale);
  }

  /** Move the picture by pixels of the screen. */
  pan(x, y) {
    Object.assign(this, { x: this.x + x, y: this.y + y, fitted: false });
    this.#lay();
  }

  /** The view as a text: what stands in the middle, and how large; empty where it is fitted. */
  get view() {
    if (this.fitted) return "";
    const across = (this.host.clientWidth / 2 - this.x) / this.scale;
    const down = (this.host.clientHeight / 2 - this.y) / this.scale;
    return [across, down, this.scale].map((one) => Number(one.toFixed(2))).join(",");
  }

  set view(text) {
    const [across, down, scale] = (text ?? "").split(",").map(Number);
    if (!(scale > 0) || !Number.isFinite(across) || !Number.isFinite(down)) return;
    this.scale = Math.min(scale, MOST);
    this.x = this.host.clientWidth / 2 - across * this.scale;
    this.y = this.host.clientHeight / 2 - down * this.scale;
    this.fitted = false;
    this.#lay();
  }

  #lay() {
    const { style } = this.paper;
    style.width = `${this.width * this.scale}px`;
    style.height = `${this.height * this.scale}px`;
    style.transform = `translate(${Math.round(this.x)}px, ${Math.round(this.y)}px)`;
    this.paper.classList.toggle("crisp", this.scale >= 2);
    this.moved();
  }

  #wheeled(event) {
    event.preventDefault();
    const frame = this.host.getBoundingClientRect();
    const notches = Math.max(-3, Math.min(3, event.deltaY / (event.deltaMode ? 3 : 100)));
    this.zoom(STEP ** -notches, event.clientX - frame.left, event.clientY - frame.top);
  }

  #taken(event) {
    if (event.button !== 0) return;
    this.#drag = { x: event.clientX, y: event.clientY };
    this.host.setPointerCapture(event.pointerId);
    this.host.classList.add("dragged");
  }

  #dragged(event) {
    if (this.#drag) {
      this.pan(event.clientX - this.#drag.x, event.clientY - this.#drag.y);
      this.#drag = { x: event.clientX, y: event.clientY };
      return;
    }
    const frame = this.host.getBoundingClientRect();
    const x = event.clientX - frame.left;
    const y = event.clientY - frame.top;
    this.pointed({ x, y, across: (x - this.x) / this.scale, down: (y - this.y) / this.scale });
  }

  #dropped() {
    this.#drag = null;
    this.host.classList.remove("dragged");
  }
}
