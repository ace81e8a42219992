/** What can be chosen? The filters, with how many samples each would leave. */

import { RANGES, SETS, SWITCHES, WORDS, go, having, query, toggled } from "./address.js";
import { button, make, swatch } from "./dom.js";
import { foreign, number, plain } from "./text.js";

const FEW = 10;
const TYPED = 300; // ms of rest after which a text is taken as typed

/** The panel in an element; `show` puts the answer of the facets into it. */
export class Panel {
  #open = new Set();
  #sections = new Map();
  #inputs = new Map();

  constructor(host, { writable }) {
    const words = Object.entries(WORDS).map(([name, title]) => this.#word(name, title));
    const kept = Object.entries(SWITCHES).filter(([name]) => writable || name !== "flagged");
    const switches = kept.map(([name, title]) => this.#switch(name, title));
    const ranges = Object.entries(RANGES).map(([name, told]) => this.#range(name, told[0]));
    const sets = Object.entries(SETS).map(([name, title]) => this.#set(name, title));
    host.replaceChildren(
      ...words,
      make("div", { class: "switches" }, switches),
      ...sets,
      make("section", { class: "ranges" }, make("h3", {}, "Measures"), ranges),
    );
  }

  /** Show what there is to choose, and what is chosen. */
  show({ facets, ranges, names }) {
    const chosen = query();
    for (const [name, section] of this.#sections) {
      this.#fill(name, section, facets[name] ?? [], names?.[name] ?? {}, chosen.getAll(name));
    }
    for (const [name, [, ...columns]] of Object.entries(RANGES)) {
      const reach = columns.map((column) => ranges[column]).filter(Boolean);
      const [low, high] = this.#inputs.get(name);
      const row = low.closest(".range");
      row.hidden = reach.length === 0;
      low.placeholder = end(Math.min(...reach.map((one) => one[0])), Math.floor);
      high.placeholder = end(Math.max(...reach.map((one) => one[1])), Math.ceil);
    }
    this.settle();
  }

  /** Put into the fields what the address says; that which is typed into only if told to. */
  settle(all = false) {
    const chosen = query();
    for (const [name, inputs] of this.#inputs) {
      const value = chosen.get(name) ?? "";
      const values = inputs.length === 2 ? ends(value) : [value];
      inputs.forEach((input, place) => {
        if (input.type === "checkbox") input.checked = value === "1";
        else if (all || document.activeElement !== input) input.value = values[place] ?? "";
      });
    }
  }

  #word(name, title) {
    let timer = 0;
    const taken = (event) => {
      clearTimeout(timer);
      const wait = event.type === "change" ? 0 : TYPED;
      timer = setTimeout(() => choose(name, event.target.value), wait);
    };
    const heard = { input: taken, change: taken };
    const input = make("input", {
      type: "search",
      id: `filter-${name}`,
      placeholder: title,
      "aria-label": title,
      on: heard,
    });
    this.#inputs.set(name, [input]);
    return input;
  }

  #switch(name, title) {
    const change = (event) => choose(name, event.target.checked ? "1" : "");
    const input = make("input", { type: "checkbox", id: `filter-${name}`, on: { change } });
    this.#inputs.set(name, [input]);
    return make("label", {}, input, title);
  }

  #range(name, title) {
    const change = () => {
      const [low, high] = pair.map((input) => input.value.trim());
      choose(name, low || high ? `${low}..${high}` : "");
    };
    const side = (which) =>
      make("input", {
        type: "number",
        step: "any",
        id: `filter-${name}-${which}`,
        "aria-label": `${title}, ${which}`,
        on: { change },
      });
    const pair = [side("least"), side("most")];
    this.#inputs.set(name, pair);
    return make("div", { class: "range" }, make("span", {}, title), pair[0], "–", pair[1]);
  }

  #set(name, title) {
    const section = make(
      "section",
      { class: `set ${name}`, hidden: true },
      make("h3", {}, title),
      make("div", { class: "options" }),
    );
    this.#sections.set(name, section);
    return section;
  }

  #fill(name, section, counted, names, chosen) {
    const known = new Set(counted.map(([value]) => String(value)));
    const all = [
      ...counted,
      ...chosen.filter((value) => !known.has(value)).map((value) => [value, 0]),
    ];
    section.hidden = all.length === 0;
    const open = this.#open.has(name);
    const first = ([value], place) => open || place < FEW || chosen.includes(String(value));
    const more = () => {
      if (!this.#open.delete(name)) this.#open.add(name);
      this.#fill(name, section, counted, names, chosen);
    };
    section.lastChild.replaceChildren(
      ...all.filter(first).map(([value, n]) => option(name, String(value), n, names, chosen)),
      all.length > FEW
        ? button(open ? "fewer" : `all ${number(all.length, 0)}`, more, { class: "more" })
        : "",
    );
  }
}

/** One value of a set, with its count; pressed where it is chosen. */
function option(name, value, n, names, chosen) {
  const says = named(name, value, names);
  return button(
    [
      name === "color" ? swatch(names[value]?.[1]) : "",
      foreign(says, "name"),
      make("span", { class: "count" }, number(n, 0)),
    ],
    () => go(fresh(toggled(query(), name, value))),
    {
      class: "option",
      "data-value": value,
      "aria-pressed": String(chosen.includes(value)),
      title: plain(says),
    },
  );
}

/** What a value of a filter is called. */
export function named(name, value, names) {
  if (name === "font") return names[value] ? `${names[value]} · ${value}` : `font ${value}`;
  if (name === "color") return names[value]?.[0] ?? `colour ${value}`;
  return value;
}

/** Another choice starts at its top. */
export const fresh = (made) => having(made, { row: "" });

function choose(name, value) {
  if ((query().get(name) ?? "") !== value) go(fresh(having(query(), { [name]: value })));
}

/** The two ends of `lo..hi`; of a lone number both. */
export function ends(value) {
  if (!value) return ["", ""];
  return value.includes("..") ? value.split("..") : [value, value];
}

function end(value, rounded) {
  return Number.isFinite(value) ? String(rounded(value * 10) / 10) : "";
}
