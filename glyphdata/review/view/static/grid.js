/** Which tiles are in sight? A grid of any length of which only those exist.
 *
 * A browser cuts elements off at some 16 million pixels. Past LIMIT the track is shorter than the
 * grid: the scroll bar then gives the share of the way, and the wheel moves by true pixels.
 */

import { make } from "./dom.js";

const LIMIT = 8_000_000;
const GAP = 10;
const BEYOND = 1; // lines of tiles above and below that are kept ready
const NOTCH = 40; // px that a wheel's line is taken for

/** A grid of tiles; `made()` gives an empty one, `filled(node, n)` puts item n into it. */
export class Grid {
  #live = new Map();
  #pool = [];
  #top = 0;
  #set = 0;
  #asked = 0;

  constructor(scroller, { made, filled, seen, moved = () => undefined, under = 46 }) {
    Object.assign(this, { scroller, made, filled, seen, moved, under });
    this.total = 0;
    this.side = 200;
    this.window = make("div", { class: "window", role: "listbox", "aria-label": "Samples" });
    this.track = make("div", { class: "track" }, this.window);
    scroller.replaceChildren(this.track);
    scroller.addEventListener("scroll", () => this.#scrolled());
    scroller.addEventListener("wheel", (event) => this.#wheeled(event), { passive: false });
    new ResizeObserver(() => this.#measure()).observe(scroller);
    this.#measure();
  }

  /** Take so many items; the place is kept as far as it still exists. */
  resize(total, side = this.side) {
    const first = this.first;
    const other = side !== this.side;
    this.total = total;
    this.side = side;
    this.#measure();
    if (other) this.show(first, "top");
  }

  /** Every tile is filled anew: what they show has changed. */
  refill(first = 0, last = this.total) {
    this.each((node, n) => n >= first && n < last && this.filled(node, n));
  }

  /** Do something to each tile there is. */
  each(done) {
    for (const [n, node] of this.#live) done(node, n);
  }

  /** The item at the top left. */
  get first() {
    return Math.min(
      Math.ceil(this.#top / this.line - 0.02) * this.columns,
      Math.max(this.total - 1, 0),
    );
  }

  /** How far the line of that item is scrolled off, or on, in pixels. */
  get lead() {
    return this.#top - Math.floor(this.first / this.columns) * this.line;
  }

  /** How many whole lines are in sight, at least one. */
  get lines() {
    return Math.max(1, Math.floor(this.height / this.line));
  }

  /** The tile of item n, if it is in sight. */
  node(n) {
    return this.#live.get(n);
  }

  /** Bring item n into sight, by no more than is needed (`near`) or to the `top`, off by `lead`. */
  show(n, how = "near", lead = 0) {
    const top = Math.floor(n / this.columns) * this.line;
    const bottom = top + this.line;
    if (how === "top") this.#moveTo(top + lead);
    else if (top < this.#top) this.#moveTo(top);
    else if (bottom > this.#top + this.height) this.#moveTo(bottom - this.height);
  }

  #measure() {
    this.height = this.scroller.clientHeight;
    this.columns = Math.max(1, Math.floor((this.scroller.clientWidth - GAP) / (this.side + GAP)));
    this.cell = (this.scroller.clientWidth - GAP) / this.columns;
    this.line = this.side + this.under + GAP;
    const whole = Math.ceil(this.total / this.columns) * this.line + GAP;
    this.most = Math.max(0, whole - this.height);
    this.scaled = whole > LIMIT;
    this.track.style.height = `${Math.max(Math.min(whole, LIMIT), this.height)}px`;
    this.window.style.height = `${this.height}px`;
    this.#moveTo(this.#top);
  }

  #moveTo(top) {
    this.#top = Math.min(Math.max(top, 0), this.most);
    const way = this.scroller.scrollHeight - this.scroller.clientHeight;
    this.scroller.scrollTop = this.scaled ? (this.#top / this.most) * way : this.#top;
    this.#set = this.scroller.scrollTop; // as the browser rounded it
    this.#ask();
  }

  #scrolled() {
    const now = this.scroller.scrollTop;
    if (Math.abs(now - this.#set) < 1) return; // that was us
    const way = this.scroller.scrollHeight - this.scroller.clientHeight;
    this.#top = this.scaled ? (now / way) * this.most : now;
    this.#set = now;
    this.#ask();
  }

  #wheeled(event) {
    if (!this.scaled || event.ctrlKey) return;
    event.preventDefault();
    const unit = [1, NOTCH, this.height][event.deltaMode];
    this.#moveTo(this.#top + event.deltaY * unit);
  }

  #ask() {
    this.#asked ||= requestAnimationFrame(() => this.#draw());
  }

  #draw() {
    this.#asked = 0;
    const from = Math.max(0, Math.floor(this.#top / this.line) - BEYOND);
    const to = Math.ceil((this.#top + this.height) / this.line) + BEYOND;
    const first = from * this.columns;
    const last = Math.min(to * this.columns, this.total);
    for (const [n, node] of this.#live) {
      if (n >= first && n < last) continue;
      this.#live.delete(n);
      this.#pool.push(node);
      node.hidden = true;
    }
    for (let n = first; n < last; n += 1) this.#place(n);
    if (last > first) this.seen(first, last - 1);
    this.moved(this.first);
  }

  #place(n) {
    let node = this.#live.get(n);
    if (!node) {
      node = this.#pool.pop() ?? this.window.appendChild(this.made());
      node.hidden = false;
      node.setAttribute("aria-posinset", n + 1);
      node.setAttribute("aria-setsize", this.total);
      this.#live.set(n, node);
      this.filled(node, n);
    }
    const column = n % this.columns;
    const y = Math.floor(n / this.columns) * this.line - this.#top + GAP;
    node.style.transform = `translate(${GAP + column * this.cell}px, ${y}px)`;
    node.style.width = `${this.cell - GAP}px`;
    node.style.height = `${this.line - GAP}px`;
  }
}
