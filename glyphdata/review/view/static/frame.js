/** What stands around every page: where else to go, and what is wrong with the dataset. */

import { at } from "./api.js";
import { filters, query } from "./address.js";
import { button, byId, make } from "./dom.js";
import { listen, sheet } from "./keys.js";
import { count, foreign, plain } from "./text.js";

/** What the server said when it made the page. */
export const boot = JSON.parse(byId("boot").textContent);

/** The dataset that the page is about. */
export function dataset(d = current()) {
  return boot.datasets.find((one) => one.d === d) ?? boot.datasets[0];
}

/** The number of that dataset: the path's, else the query's, else the first. */
export function current() {
  if (typeof boot.d === "number" && boot.page !== "gallery") return boot.d;
  const asked = Number(query().get("d") ?? 0);
  return boot.datasets.some((one) => one.d === asked) ? asked : 0;
}

const STATES = {
  generating: "It is being generated: what is finished so far is shown.",
  "no-index": "It has no index: run `glyphdata generate` again to finish it.",
  "stale-index": "Its index is older than its shards.",
};

/** Lay the bar and the banner; `flags` is the button that opens their list. */
export function frame(flags) {
  const d = current();
  const here = dataset(d);
  const kept = filters();
  kept.set("d", d);
  const link = (page, says, href) =>
    make("a", { href, "aria-current": boot.page === page ? "page" : null }, says);
  byId("top").append(
    make("a", { class: "brand", href: at.gallery(`d=${d}`) }, "glyphdata"),
    picker(d),
    make(
      "nav",
      { "aria-label": "Pages" },
      link("gallery", "Gallery", at.gallery(kept)),
      link("stats", "Stats", at.page("stats", d)),
      link("checks", "Checks", at.page("checks", d)),
      boot.datasets.length > 1 ? link("compare", "Compare", compared(d)) : null,
    ),
    make("span", { class: "gap" }),
    flags ?? "",
    button("◐", () => globalThis.turnTheme(), { title: "Light or dark", class: "quiet" }),
    button("?", sheet, { title: "Keys", class: "quiet" }),
  );
  document.title = `${plain(here.name)} · glyphdata`;
  warn(here);
  listen();
}

function compared(d) {
  const made = filters();
  made.set("a", d);
  made.set("b", boot.datasets.find((one) => one.d !== d).d);
  return at.compare(made);
}

function picker(d) {
  if (boot.page === "compare") return make("span");
  if (boot.datasets.length === 1) {
    return make(
      "span",
      { class: "dataset", title: plain(dataset(d).path) },
      foreign(dataset(d).name),
    );
  }
  const options = boot.datasets.map((one) =>
    make("option", { value: one.d, selected: one.d === d }, plain(one.name)),
  );
  const picked = (event) => {
    const to = Number(event.target.value);
    const page = boot.page === "stats" || boot.page === "checks" ? boot.page : null;
    location.assign(page ? at.page(page, to) : at.gallery(`d=${to}`));
  };
  return make("select", { "aria-label": "Dataset", on: { change: picked } }, options);
}

/** Say what is wrong with a dataset, or nothing. */
function warn(here) {
  const said = [STATES[here.state], ...here.warnings].filter(Boolean);
  if (!here.writable_flags)
    said.push("Read-only: flags stay in this browser; download the list to keep it.");
  tell(
    "warnings",
    said.map((words) => make("p", {}, foreign(words))),
  );
}

/** Put a notice into the banner; one of each kind, gone where there is nothing to say. */
export function tell(kind, words) {
  const old = byId("banner").querySelector(`[data-kind="${kind}"]`);
  old?.remove();
  if (!words || words.length === 0) return;
  byId("banner").append(make("div", { class: `notice ${kind}`, "data-kind": kind }, words));
}

/** Say a fault, and the way out of it. */
export function fault(failed) {
  if (failed?.name === "AbortError") return;
  const words = make(
    "p",
    {},
    foreign(failed.message),
    failed.hint ? " · " : "",
    foreign(failed.hint ?? ""),
  );
  tell("fault", [words, button("Dismiss", () => tell("fault", null))]);
}

/** How many samples there are, in words. */
export const samples = (n) => count(n, "sample");
