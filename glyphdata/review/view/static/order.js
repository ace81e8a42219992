/** In what order? The metrics, each with the end that is worst. */

import { go, having, query } from "./address.js";
import { button, make } from "./dom.js";
import { fresh } from "./panel.js";

/** Column, title, and where its worst lies. */
const METRICS = [
  ["key", "As generated", "asc"],
  ["contrast_min", "Least contrast", "asc"],
  ["signal_min", "Least signal", "asc"],
  ["size_px_min", "Smallest text", "asc"],
  ["size_px_max", "Largest text", "desc"],
  ["angle_deg_max", "Steepest angle", "desc"],
  ["length", "Longest text", "desc"],
  ["boxes", "Most boxes", "desc"],
  ["clusters", "Most clusters", "desc"],
  ["rejections", "Most drafts given up", "desc"],
  ["random", "Shuffled", "asc"],
];

/** The column that rows are sorted by. */
export const sorting = () => query().get("sort") ?? "key";

/** A choice of metric and a button that turns the order round. */
export function order() {
  const options = METRICS.map(([column, title]) => make("option", { value: column }, title));
  const change = () => {
    const [column, , worst] = METRICS.find(([one]) => one === select.value);
    const changes = { sort: column === "key" ? "" : column, order: worst === "asc" ? "" : worst };
    go(fresh(having(query(), { ...changes, seed: column === "random" ? "1" : "" })));
  };
  const select = make("select", { "aria-label": "Order", id: "sort", on: { change } }, options);
  const turn = button("↓", turned, { id: "turn", class: "quiet" });
  const settle = () => {
    select.value = sorting();
    const shuffled = sorting() === "random";
    turn.textContent = shuffled ? "⤨" : query().get("order") === "desc" ? "↑" : "↓";
    turn.title = shuffled ? "Shuffle anew" : "The other way round";
  };
  settle();
  return { nodes: [select, turn], settle };
}

function turned() {
  const now = query();
  const changes =
    sorting() === "random"
      ? { seed: Number(now.get("seed") ?? 1) + 1 }
      : { order: now.get("order") === "desc" ? "" : "desc" };
  go(fresh(having(now, changes)));
}
