/** Which view is this? What the address bar says, and how it comes to say something else. */

/** Filters that are sets of values, in the order that people look for them. */
export const SETS = {
  level: "Level",
  script: "Script",
  language: "Language",
  background: "Background",
  font: "Font",
  color: "Colour",
  edits: "Edit",
  effects: "Effect",
  shard: "Shard",
  group: "Group",
  reason: "Flagged as",
  finding: "Finding",
};

/** Filters that are ranges: the title, and the index column that tells their ends. */
export const RANGES = {
  contrast: ["Contrast", "contrast_min"],
  signal: ["Signal", "signal_min"],
  size: ["Size, px", "size_px_min", "size_px_max"],
  angle: ["Angle, °", "angle_deg_max"],
  length: ["Characters", "length"],
  boxes: ["Boxes", "boxes"],
  clusters: ["Clusters", "clusters"],
  rejections: ["Drafts given up", "rejections"],
};

/** Filters that are one text, or on and off. */
export const WORDS = { text: "Text holds", char: "Character" };
export const SWITCHES = { originals: "Originals only", flagged: "Flagged" };

const FILTERS = new Set([
  ...Object.keys(SETS),
  ...Object.keys(RANGES),
  ...Object.keys(WORDS),
  ...Object.keys(SWITCHES),
]);
const ORDER = ["sort", "order", "seed"];

/** The query as it stands. */
export const query = () => new URLSearchParams(location.search);

/** Of a query, what chooses samples. */
export function filters(from = query()) {
  return new URLSearchParams([...from].filter(([name, value]) => FILTERS.has(name) && value));
}

/** Of a query, what chooses samples and puts them in order. */
export function listing(from = query()) {
  const kept = ([name, value]) => (FILTERS.has(name) || ORDER.includes(name)) && value;
  return new URLSearchParams([...from].filter(kept));
}

/** A query with `name` set to `value`; gone where it is empty. */
export function having(from, changes) {
  const made = new URLSearchParams(from);
  for (const [name, value] of Object.entries(changes)) {
    if (value === null || value === undefined || value === "") made.delete(name);
    else made.set(name, value);
  }
  return made;
}

/** A query in which one value of a set is added, or taken out. */
export function toggled(from, name, value) {
  const had = from.getAll(name);
  const made = new URLSearchParams(from);
  made.delete(name);
  const left = had.includes(value) ? had.filter((one) => one !== value) : [...had, value];
  for (const one of left) made.append(name, one);
  return made;
}

/** Go to another view of this page: it gets a place in the history. */
export function go(made) {
  history.pushState(null, "", `${location.pathname}?${made}`);
  dispatchEvent(new Event("address"));
}

/** Say the same view more exactly: the history keeps its length, and nobody is told. */
export function refine(changes) {
  const made = String(having(query(), changes));
  if (made === String(query())) return;
  history.replaceState(null, "", `${location.pathname}${made ? `?${made}` : ""}`);
}

/** Call back whenever the view changes, by us or by the back button. */
export function watch(changed) {
  addEventListener("popstate", changed);
  addEventListener("address", changed);
}
