/** Which sample is row n? Pages of rows, fetched as they come into sight, the oldest forgotten. */

import { at, get } from "./api.js";
import { having } from "./address.js";

const PAGE = 200;
const KEPT = 60; // pages: 12,000 rows
const PAUSE = 40; // ms between looking what is wanted, lest a drag through a million fetch them all

/** The rows of one dataset under one listing.
 *
 * `changed(first, last)` tells that some came, `stale()` that the dataset is no longer the same on
 * disk: row numbers then mean other rows.
 */
export class Rows {
  #pages = new Map();
  #flights = new Map();
  #wanted = [];
  #timer = 0;

  constructor(d, listing, { changed, failed, stale }) {
    Object.assign(this, { d, listing, changed, failed, stale });
    this.total = null;
    this.version = null;
  }

  /** Row n, or undefined while it is not here. */
  row(n) {
    return this.#pages.get(Math.floor(n / PAGE))?.[n % PAGE];
  }

  /** Rows first to last are in sight: fetch what is missing, and give up what no longer is. */
  want(first, last) {
    this.#wanted = [];
    for (let page = Math.floor(first / PAGE); page <= Math.floor(last / PAGE); page += 1) {
      this.#wanted.push(page);
    }
    if (this.#timer || !this.#missing().length) return;
    this.#timer = setTimeout(() => this.#look(), PAUSE);
  }

  /** Row n, fetched if need be. */
  async wait(n) {
    await this.#fetched(Math.floor(n / PAGE));
    return this.row(n);
  }

  /** In the order of keys: where the first row stands of that scene and variant, or after it. */
  async find(other, guess) {
    if (this.total === null) await this.wait(0);
    const before = (row) => row && (row.index - other.index || row.variant - other.variant) < 0;
    let low = 0;
    let high = this.total; // the answer lies in low..high
    let probe = Math.min(guess, this.total - 1);
    while (low < high) {
      if (before(await this.wait(probe))) low = probe + 1;
      else if (probe === 0 || before(await this.wait(probe - 1))) return probe;
      else high = probe;
      probe = Math.floor((low + high) / 2);
    }
    return low;
  }

  /** Forget everything: another listing takes over. */
  close() {
    clearTimeout(this.#timer);
    for (const flight of this.#flights.values()) flight.stop.abort();
    for (const name of ["changed", "failed", "stale"]) this[name] = () => undefined;
  }

  #missing() {
    return this.#wanted.filter((page) => !this.#pages.has(page) && !this.#flights.has(page));
  }

  #look() {
    this.#timer = 0;
    for (const [page, flight] of this.#flights) {
      if (!flight.kept && !this.#wanted.includes(page)) flight.stop.abort();
    }
    for (const page of this.#missing()) this.#fetched(page, false).catch(this.failed);
  }

  #fetched(page, kept = true) {
    const here = this.#pages.get(page);
    if (here) return Promise.resolve(here);
    const under = this.#flights.get(page);
    if (under) {
      under.kept ||= kept;
      return under.done;
    }
    const stop = new AbortController();
    const done = this.#fetch(page, stop.signal).finally(() => this.#flights.delete(page));
    this.#flights.set(page, { done, stop, kept });
    return done;
  }

  async #fetch(page, signal) {
    const asked = having(this.listing, { offset: page * PAGE, limit: PAGE });
    const told = await get(at.api(this.d, "rows", asked), signal);
    this.total = told.total;
    if (this.version !== null && this.version !== told.version) this.stale();
    this.version = told.version;
    this.#pages.set(page, told.rows);
    for (const old of [...this.#pages.keys()].slice(0, -KEPT)) {
      if (!this.#wanted.includes(old)) this.#pages.delete(old);
    }
    this.changed(page * PAGE, page * PAGE + told.rows.length);
    return told.rows;
  }
}
