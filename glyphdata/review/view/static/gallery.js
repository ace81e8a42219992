/** The gallery: which samples are there, and which of them are bad? */

import { at, get } from "./api.js";
import { filters, go, having, listing, query, refine, watch } from "./address.js";
import { chips, clear } from "./chips.js";
import { byId } from "./dom.js";
import { flagKeys, lister } from "./flagging.js";
import { Flags } from "./flags.js";
import { boot, current, dataset, fault, frame, samples } from "./frame.js";
import { keep, recall } from "./kept.js";
import { bind } from "./keys.js";
import { order } from "./order.js";
import { Panel, fresh } from "./panel.js";
import { Wall } from "./wall.js";

const POLL = 15_000; // ms between looks at a dataset that still grows

const d = current();
const flags = new Flags(dataset());
frame(lister(flags));
const panel = new Panel(byId("filters"), { writable: dataset().writable_flags });
const sorted = order();
byId("order").append(...sorted.nodes);
const size = byId("size");
size.value = String(query().get("side") ?? recall("side") ?? 200);

const wall = new Wall(byId("wall"), {
  d,
  flags,
  side: Number(size.value),
  told: {
    failed: fault,
    opened: (total) => (byId("total").textContent = samples(total)),
    moved: (first) => place(first),
  },
});

let timer = 0;
function place(first) {
  clearTimeout(timer);
  timer = setTimeout(() => refine({ row: first || "" }), 250);
}

/** Leaving: the way back leads to where one was. */
function leave() {
  clearTimeout(timer);
  refine({ row: wall.grid.first || "" });
}
byId("wall").addEventListener("click", leave, { capture: true });

let asked = new AbortController();
async function choices() {
  asked.abort();
  asked = new AbortController();
  try {
    const told = await get(at.api(d, "facets", filters()), asked.signal);
    panel.show(told);
    chips(byId("chips"), told.names);
  } catch (failed) {
    fault(failed);
  }
}

function opened(event) {
  clearTimeout(timer);
  sorted.settle();
  panel.settle(event?.type === "popstate");
  chips(byId("chips"));
  choices();
  wall.open(listing(), Number(query().get("row") ?? 0));
}

size.addEventListener("input", () => {
  wall.resize(Number(size.value));
  keep("side", size.value);
});

/** A step from the tile in hand; the first step takes the first tile in sight. */
function step(by) {
  wall.take(wall.hand < 0 ? wall.grid.first : wall.hand + by);
}

const page = () => wall.grid.lines * wall.grid.columns;
bind(["ArrowLeft"], "the sample before", () => step(-1));
bind(["ArrowRight"], "the next sample", () => step(1));
bind(["ArrowUp"], "a line up", () => step(-wall.grid.columns));
bind(["ArrowDown"], "a line down", () => step(wall.grid.columns));
bind(["PageUp"], "a page up", () => step(-page()));
bind(["PageDown", " "], "a page down", () => step(page()));
bind(["Home"], "the first sample", () => wall.take(0));
bind(["End"], "the last sample", () => wall.take(wall.grid.total - 1));
bind(["Enter"], "open the sample in hand", () => {
  const row = wall.held;
  leave();
  if (row) location.assign(wall.href(row, wall.hand));
});
bind(["g"], "its group: the original and its variants", () => {
  if (wall.held) go(fresh(having(query(), { group: wall.held.group })));
});
bind(["/"], "search the texts", () => byId("filter-text").focus());
bind(["Escape"], "clear the filters", clear);
flagKeys(
  () => flags,
  () => wall.held?.key,
);

watch(opened);
opened();
flags.load().catch(fault);

/** A dataset that grows: show what came, unless somebody is looking at something. */
async function grown() {
  const told = await get("/api/datasets").catch(() => null);
  const now = told?.datasets.find((one) => one.d === d);
  if (!now) return;
  if (now.state !== "generating") return location.reload();
  if (now.samples === dataset().samples || wall.grid.first > 0 || wall.hand >= 0) return;
  boot.datasets = told.datasets;
  opened();
}

if (dataset().state === "generating") setInterval(grown, POLL);
