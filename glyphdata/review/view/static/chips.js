/** What is chosen? A chip for each filter, gone at a click. */

import { RANGES, SETS, SWITCHES, WORDS, filters, go, having, query, toggled } from "./address.js";
import { button, make, swatch } from "./dom.js";
import { ends, fresh, named } from "./panel.js";
import { foreign, plain } from "./text.js";

/** Lay the chips of the address into an element; `names` tells what tokens are called. */
export function chips(host, names = {}) {
  const laid = [...filters()].map(([name, value]) => {
    const says = worded(name, value, names[name] ?? {});
    const hex = name === "color" ? names.color?.[value]?.[1] : null;
    return button(
      [hex ? swatch(hex) : "", foreign(says), make("span", { "aria-hidden": "true" }, " ×")],
      () => go(fresh(without(name, value))),
      { class: "chip", title: `without ${plain(says)}` },
    );
  });
  if (laid.length > 1) laid.push(button("Clear", clear, { class: "quiet" }));
  host.replaceChildren(...laid);
}

/** Take all filters away. */
export function clear() {
  const made = query();
  for (const name of new Set(filters().keys())) made.delete(name);
  go(fresh(made));
}

function without(name, value) {
  return name in SETS ? toggled(query(), name, value) : having(query(), { [name]: "" });
}

function worded(name, value, names) {
  if (name in SETS) return `${SETS[name].toLowerCase()}: ${named(name, value, names)}`;
  if (name in WORDS) return `${WORDS[name].toLowerCase()} “${value}”`;
  if (name in SWITCHES)
    return value === "0" ? `not ${SWITCHES[name].toLowerCase()}` : SWITCHES[name].toLowerCase();
  const [low, high] = ends(value);
  const title = RANGES[name][0].toLowerCase();
  if (low === high) return `${title} ${low}`;
  if (!high) return `${title} ≥ ${low}`;
  return low ? `${title} ${low} – ${high}` : `${title} ≤ ${high}`;
}
