/** A dataset's samples as a wall of tiles: rows, grid, and the one tile in hand. */

import { at } from "./api.js";
import { having } from "./address.js";
import { make } from "./dom.js";
import { Grid } from "./grid.js";
import { Rows } from "./rows.js";
import { blank, fill } from "./tile.js";

/** One wall in a scrolling element; `told` hears of totals, places and faults. */
export class Wall {
  constructor(scroller, { d, flags, told, side }) {
    Object.assign(this, { d, flags, told, side });
    this.hand = -1; // the row in hand
    this.marked = null; // the row that people point at, here or on the other wall
    this.grid = new Grid(scroller, {
      made: () => this.#made(),
      filled: (node, n) => this.#filled(node, n),
      seen: (first, last) => this.rows?.want(first, last),
      moved: (first) => this.told.moved?.(first),
    });
    this.empty = make("p", { class: "empty", hidden: true }, "No sample is like that.");
    scroller.append(this.empty);
    flags.addEventListener("changed", () => this.grid.refill());
  }

  /** Show other rows, from the top or from a row on. */
  open(listing, from = 0) {
    this.rows?.close();
    this.grid.scroller.setAttribute("aria-busy", "true");
    this.listing = listing;
    this.hand = -1;
    let first = true;
    const rows = new Rows(this.d, listing, {
      changed: (low, high) => {
        if (first) this.#opened(from);
        first = false;
        this.grid.refill(low, high);
      },
      failed: (failed) => this.told.failed(failed),
      stale: () => this.open(listing, this.grid.first),
    });
    this.rows = rows;
    this.grid.resize(0);
    rows.wait(from).catch((failed) => {
      this.grid.scroller.setAttribute("aria-busy", "false");
      this.told.failed(failed);
    });
  }

  /** Tiles of another size. */
  resize(side) {
    this.side = side;
    this.grid.resize(this.grid.total, side);
    this.grid.refill();
  }

  /** Take row n in hand; it comes into sight. */
  take(n, focus = true) {
    if (!this.grid.total) return;
    this.hand = Math.min(Math.max(n, 0), this.grid.total - 1);
    this.grid.show(this.hand);
    this.#mark();
    if (focus) this.grid.node(this.hand)?.focus({ preventScroll: true });
    this.told.taken?.(this.rows.row(this.hand));
  }

  /** The row in hand, if it is here. */
  get held() {
    return this.hand < 0 ? undefined : this.rows.row(this.hand);
  }

  /** Outline the sample of this row's scene and variant, whichever dataset the row is of. */
  mark(row) {
    this.marked = row;
    this.#mark();
  }

  /** The address of row n's page. */
  href(row, n) {
    return at.sample(this.d, row.key, having(this.listing, { row: n }));
  }

  #opened(from) {
    const { total } = this.rows;
    this.empty.hidden = total > 0;
    this.grid.scroller.setAttribute("aria-busy", "false");
    this.grid.resize(total, this.side);
    this.grid.show(Math.min(from, Math.max(total - 1, 0)), "top");
    this.told.opened?.(total);
  }

  #made() {
    const node = blank();
    const number = () => Number(node.getAttribute("aria-posinset")) - 1;
    node.addEventListener("focus", () => this.hand !== number() && this.take(number(), false));
    node.addEventListener("pointerenter", () => this.told.pointed?.(this.rows.row(number())));
    return node;
  }

  #filled(node, n) {
    const row = this.rows?.row(n);
    fill(node, {
      d: this.d,
      row,
      href: row ? this.href(row, n) : "",
      flag: row ? this.#flag(row) : "",
      sort: this.listing?.get("sort"),
      side: this.side,
    });
    this.#outline(node, n);
  }

  /** Say anew which tiles are in hand and marked; not more, lest a click lose its target. */
  #mark() {
    this.grid.each((node, n) => this.#outline(node, n));
  }

  #outline(node, n) {
    const [row, other] = [this.rows?.row(n), this.marked];
    const same = row && other && row.index === other.index && row.variant === other.variant;
    node.classList.toggle("held", n === this.hand);
    node.setAttribute("aria-selected", String(n === this.hand));
    node.classList.toggle("marked", Boolean(same));
    node.setAttribute("tabindex", n === this.hand || (this.hand < 0 && n === 0) ? "0" : "-1");
  }

  #flag(row) {
    return this.flags.loaded ? this.flags.reason(row.key) : row.flag;
  }
}
