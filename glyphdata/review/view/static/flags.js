/** What did people find wrong? Flags, kept by the server, or here where it may not write. */

import { Fault, at, get, post } from "./api.js";
import { keep, recall } from "./kept.js";

/** What the keys 1 to 9 say. */
export const REASONS = [
  "unreadable",
  "wrong text",
  "wrong label",
  "cut off",
  "overlapping",
  "low contrast",
  "wrong glyphs",
  "bad caption",
  "other",
];

/** The flags of one dataset; `changed` is told when one comes or goes. */
export class Flags extends EventTarget {
  #known = new Map();

  constructor(dataset) {
    super();
    this.dataset = dataset;
    this.writable = dataset.writable_flags;
    this.loaded = false; // until then a row tells its own flag
    this.store = `flags:${dataset.path}`;
  }

  /** Read them; those of this browser come on top of the server's. */
  async load() {
    const told = await get(at.api(this.dataset.d, "flags"));
    this.#known = new Map(Object.entries(told.flags));
    this.loaded = true;
    if (!this.writable) {
      for (const [key, reason] of Object.entries(this.#stored())) this.#take(key, reason);
    }
    this.#tell();
  }

  /** Why a sample is flagged; empty where it is not. */
  reason(key) {
    return this.#known.get(key) ?? "";
  }

  /** All of them, by key. */
  get all() {
    return [...this.#known].sort(([one], [other]) => (one < other ? -1 : 1));
  }

  /** Flag a sample, or with an empty reason take its flag away; `Fault` where it cannot be kept. */
  async set(key, reason) {
    if (this.writable) {
      await post(at.api(this.dataset.d, "flags"), { key, reason });
    } else if (!keep(this.store, JSON.stringify({ ...this.#stored(), [key]: reason }))) {
      throw new Fault("this browser keeps nothing", "allow it to store data, or give --flags FILE");
    }
    this.#take(key, reason);
    this.#tell();
  }

  /** The key list: `key<TAB>reason`, a line each. */
  get list() {
    return this.all.map(([key, reason]) => `${key}\t${reason.replace(/\s+/g, " ")}\n`).join("");
  }

  #stored() {
    try {
      const found = JSON.parse(recall(this.store) ?? "{}");
      return found && typeof found === "object" ? found : {};
    } catch {
      return {}; // not ours, or no longer whole
    }
  }

  #take(key, reason) {
    if (reason) this.#known.set(key, String(reason));
    else this.#known.delete(key);
  }

  #tell() {
    this.dispatchEvent(new Event("changed"));
  }
}
