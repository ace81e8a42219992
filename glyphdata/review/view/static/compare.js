/** Do two datasets differ? Their walls side by side, the same filters, scrolled together. */

import { at, get } from "./api.js";
import { filters, go, having, listing, query, refine, watch } from "./address.js";
import { chips, clear } from "./chips.js";
import { byId, make } from "./dom.js";
import { flagKeys } from "./flagging.js";
import { Flags } from "./flags.js";
import { boot, fault, frame, samples } from "./frame.js";
import { bind } from "./keys.js";
import { order, sorting } from "./order.js";
import { Panel } from "./panel.js";
import { plain } from "./text.js";
import { Wall } from "./wall.js";

frame();
const sorted = order();
byId("order").append(...sorted.nodes);
const panel = new Panel(byId("filters"), { writable: false });
const size = byId("size");
size.value = query().get("side") ?? 160;

const numbered = (name, otherwise) => {
  const asked = Number(query().get(name) ?? otherwise);
  return boot.datasets.some((one) => one.d === asked) ? asked : 0;
};

/** One half: a dataset chosen, and its wall. */
class Half {
  constructor(name, otherwise) {
    this.name = name;
    this.d = numbered(name, otherwise);
    const options = boot.datasets.map((one) =>
      make("option", { value: one.d, selected: one.d === this.d }, plain(one.name)),
    );
    const change = (event) => go(having(query(), { [name]: event.target.value, row: "" }));
    byId(`head-${name}`).prepend(
      make("select", { "aria-label": `Dataset ${name}`, on: { change } }, options),
    );
    this.flags = new Flags(boot.datasets.find((one) => one.d === this.d));
    this.wall = new Wall(byId(`wall-${name}`), {
      d: this.d,
      flags: this.flags,
      side: Number(size.value),
      told: {
        failed: fault,
        opened: (total) => (byId(`total-${name}`).textContent = samples(total)),
        moved: () => followed(this),
        pointed: (row) => halves.forEach((half) => half.wall.mark(row ?? null)),
        taken: (row) => halves.forEach((half) => half.wall.mark(row ?? null)),
      },
    });
    for (const event of ["wheel", "pointerdown", "keydown", "touchstart"]) {
      byId(`wall-${name}`).addEventListener(event, () => (leader = this), {
        passive: true,
        capture: true,
      });
    }
    this.flags.load().catch(fault);
  }
}

let leader = null; // the half that people move; the other follows
let steps = 0; // which of the follower's searches is the last
const halves = [new Half("a", 0), new Half("b", 1)];
leader = halves[0];

/** Bring the other half to the same scene; where the order is not that of keys, to the same row. */
async function followed(half) {
  if (half !== leader) return;
  const other = halves.find((one) => one !== half);
  const first = half.wall.grid.first;
  refine({ row: first || "" });
  const row = half.wall.rows?.row(first);
  const mine = (steps += 1);
  let to = first;
  if (sorting() === "key" && query().get("order") !== "desc" && row && other.wall.rows?.total) {
    to = await other.wall.rows.find(row, first).catch(() => first);
  }
  if (mine === steps) other.wall.grid.show(to, "top", half.wall.grid.lead);
}

async function opened(event) {
  if (halves.some((half) => half.d !== numbered(half.name, half.d))) return location.reload();
  sorted.settle();
  panel.settle(event?.type === "popstate");
  chips(byId("chips"));
  const from = Number(query().get("row") ?? 0);
  for (const half of halves) half.wall.open(listing(), half === leader ? from : 0);
  try {
    const told = await get(at.api(halves[0].d, "facets", filters()));
    panel.show(told);
    chips(byId("chips"), told.names);
  } catch (failed) {
    fault(failed);
  }
  return undefined;
}

size.addEventListener("input", () =>
  halves.forEach((half) => half.wall.resize(Number(size.value))),
);

function step(by) {
  leader.wall.take(leader.wall.hand < 0 ? leader.wall.grid.first : leader.wall.hand + by);
}

bind(["ArrowLeft"], "the sample before", () => step(-1));
bind(["ArrowRight"], "the next sample", () => step(1));
bind(["ArrowUp"], "a line up", () => step(-leader.wall.grid.columns));
bind(["ArrowDown"], "a line down", () => step(leader.wall.grid.columns));
bind(["Home"], "the first sample", () => leader.wall.take(0));
bind(["End"], "the last sample", () => leader.wall.take(leader.wall.grid.total - 1));
bind(["Enter"], "open the sample in hand", () => {
  const row = leader.wall.held;
  if (row) location.assign(leader.wall.href(row, leader.wall.hand));
});
bind(["x"], "the other side", () => {
  leader = halves.find((half) => half !== leader);
});
bind(["Escape"], "clear the filters", clear);
flagKeys(
  () => leader.flags,
  () => leader.wall.held?.key,
);

watch(opened);
opened();
