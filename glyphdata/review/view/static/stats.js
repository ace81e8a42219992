/** What is in the dataset? Its counts and spreads, as plots and as tables. */

import { Fault, at, get } from "./api.js";
import { byId, make } from "./dom.js";
import { lister } from "./flagging.js";
import { Flags } from "./flags.js";
import { current, dataset, fault, frame, samples, tell } from "./frame.js";
import { bind } from "./keys.js";
import { count, foreign, number, plain } from "./text.js";

const AGAIN = 1000; // ms until a computation is asked after again
const MOST = 60;

const d = current();
const flags = new Flags(dataset());
frame(lister(flags));
flags.load().catch(fault);
bind(["Escape"], "to the gallery", () => location.assign(at.gallery(`d=${d}`)));

async function load() {
  const told = await get(at.api(d, "stats"));
  tell(
    "busy",
    told.state === "computing" ? [make("p", {}, "The statistics are being computed…")] : null,
  );
  if (told.state === "computing") return setTimeout(() => load().catch(fault), AGAIN);
  if (told.state !== "ready") throw new Fault(told.error ?? "the statistics cannot be computed");
  show(told.stats, told.plots ?? told.stats.plots ?? []);
  return undefined;
}

function show(stats, plots) {
  const tallies = Object.entries(stats.tallies ?? {});
  const spreads = Object.entries(stats.spreads ?? {});
  const rest = new Set(plots);
  const cards = tallies.map(([name, tally]) => card(name, tally.title, tallied(tally), rest));
  const wide = spreads.map(([name, spread]) => card(name, spread.title, spreaded(spread), rest));
  const others = [...rest].map((name) => card(name, name.replaceAll("_", " "), null, rest));
  byId("said").replaceChildren(
    make("h1", {}, foreign(dataset().name)),
    make(
      "p",
      { class: "soft" },
      `${samples(stats.samples)}, ${count(stats.groups, "group")}, `,
      `${count(stats.variants, "variant")}, ${count(stats.shards, "shard")}`,
    ),
  );
  byId("cards").replaceChildren(...cards, ...wide, ...others);
}

/** A plot, and its numbers to unfold. */
function card(name, title, table, plots) {
  const drawn = plots.delete(name)
    ? make("img", { src: at.plot(d, name), alt: plain(title ?? name), loading: "lazy" })
    : make("h2", {}, foreign(title ?? name));
  return make(
    "article",
    { id: `plot-${name}`, class: "card" },
    drawn,
    table
      ? make("details", { open: drawn.tagName === "H2" }, make("summary", {}, "Numbers"), table)
      : null,
  );
}

function tallied(tally) {
  const entries = tally.entries ?? [];
  const share = (n) => `${number((100 * n) / (tally.total || 1))} %`;
  const rows = entries
    .slice(0, MOST)
    .map(({ name, count: n }) => line(foreign(name), number(n, 0), share(n)));
  const left = entries.length - rows.length;
  return make(
    "div",
    {},
    make(
      "p",
      { class: "soft" },
      `${number(tally.total, 0)} `,
      foreign(tally.of),
      `, ${count(tally.kinds, "kind")}, evenness ${number(tally.evenness, 3)}`,
    ),
    table(rows),
    left > 0 ? make("p", { class: "soft" }, `and ${number(left, 0)} more`) : null,
  );
}

function spreaded(spread) {
  const known = Object.entries(spread).filter(([, value]) => typeof value === "number");
  const steps = Object.entries(spread.quantiles ?? {});
  return table(
    [...known, ...steps].map(([name, value]) =>
      line(foreign(name.replaceAll("_", " ")), number(value, 3)),
    ),
  );
}

const table = (rows) => make("table", {}, make("tbody", {}, rows));
const line = (...cells) =>
  make(
    "tr",
    {},
    cells.map((cell) => make("td", {}, cell)),
  );

load().catch(fault);
