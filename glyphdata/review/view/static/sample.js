/** One sample: does the picture say what its labels say? */

import { at, get } from "./api.js";
import { having, listing, query, refine } from "./address.js";
import { byId } from "./dom.js";
import { flagKeys, lister, ask } from "./flagging.js";
import { Flags } from "./flags.js";
import { boot, current, dataset, fault, frame } from "./frame.js";
import { bind } from "./keys.js";
import { Layers } from "./layers.js";
import { Side } from "./side.js";
import { Stage } from "./stage.js";
import { foreign, number, plain } from "./text.js";

const PICTURES = ["jpg", "png", "webp"];

const d = current();
const flags = new Flags(dataset());
frame(lister(flags));

let key = boot.key;
let told = null;
let settled = 0;
const stage = new Stage(byId("stage"), { moved, pointed });
const layers = new Layers(stage, byId("layers"));
const side = new Side(byId("side"), d);

function moved() {
  layers?.overlay?.thin(stage.scale);
  byId("scale").textContent = `${number(stage.scale * 100, 0)} %`;
  clearTimeout(settled);
  if (told) settled = setTimeout(() => refine({ view: stage.view }), 250);
}

function pointed(point) {
  const found = point && layers.overlay?.at(point.across, point.down);
  const tip = byId("tip");
  tip.hidden = !found;
  side.light(found?.box?.id);
  if (!found) return;
  tip.replaceChildren(...side.cluster(found));
  const room = byId("stage").clientWidth - tip.offsetWidth - 8;
  const left = Math.max(8, Math.min(point.x + 16, room));
  tip.style.transform = `translate(${left}px, ${point.y + 20}px)`;
}

/** Where a sample of the same listing is to be found. */
const href = (other, row) => at.sample(d, other, having(query(), { row: row ?? "" }));

async function load() {
  const asked = key;
  try {
    const answer = await get(at.told(d, asked, listing()));
    if (asked !== key) return; // another was asked for in the meantime
    told = answer;
  } catch (failed) {
    byId("key").replaceChildren(foreign(asked));
    return fault(failed);
  }
  const { width, height } = told.facts ?? told.row;
  byId("key").replaceChildren(foreign(key));
  document.title = `${plain(key)} · ${plain(dataset().name)} · glyphdata`;
  const there = PICTURES.some((member) => member in (told.members ?? {}));
  stage.show(there ? at.image(d, key, "picture") : "", width, height, plain(told.row?.text));
  stage.view = query().get("view");
  layers.lay(d, told, width, height);
  layers.overlay.thin(stage.scale);
  side.show(told, (other) => href(other));
  byId("error").hidden = !told.error;
  byId("error").replaceChildren(foreign(told.error ?? ""));
  flagged();
  neighbours();
  back();
  byId("key").dataset.key = key; // all of it stands
}

/** The samples before and after, of the gallery's listing if one came from there. */
function neighbours() {
  const { previous, next, place, of } = told;
  refine({ row: place ?? "" });
  byId("place").textContent =
    place === null || place === undefined ? "" : `${number(place + 1, 0)} of ${number(of, 0)}`;
  for (const [id, other, by] of [
    ["previous", previous, -1],
    ["next", next, 1],
  ]) {
    const link = byId(id);
    link.toggleAttribute("data-none", !other);
    if (other) link.setAttribute("href", href(other, place + by));
    else link.removeAttribute("href");
  }
  if (next) new Image().src = at.image(d, next, "picture"); // it will be looked at next
}

/** Follow a link to another sample without leaving the page: zoom and layers stay. */
function follow(link) {
  const to = link?.getAttribute("href");
  if (!to) return;
  clearTimeout(settled);
  refine({ view: stage.view });
  const made = new URL(to, location.href);
  const kept = having(made.searchParams, { view: stage.view });
  history.pushState(null, "", `${made.pathname}?${kept}`);
  arrived();
}

function arrived() {
  key = decodeURIComponent(location.pathname.split("/").slice(3).join("/"));
  if (!query().get("view")) stage.fitted = true;
  layers.read();
  back();
  load();
}

function back() {
  byId("back").setAttribute("href", at.gallery(having(listing(), { d, row: query().get("row") })));
}

function flagged() {
  const reason = flags.loaded ? flags.reason(key) : told?.flag;
  byId("flag").replaceChildren(reason ? "⚑ " : "⚐ Flag", reason ? foreign(reason) : "");
  byId("flag").classList.toggle("on", Boolean(reason));
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("#previous, #next, .member");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
  event.preventDefault();
  follow(link);
});
addEventListener("popstate", arrived);
flags.addEventListener("changed", flagged);
byId("flag").addEventListener("click", () => ask(flags, key));
byId("fit").addEventListener("click", () => stage.fit());
byId("exact").addEventListener("click", () => stage.exact());

bind(
  ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"],
  "previous and next; with Shift, move the picture",
  (event) => {
    const by = { ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] }[
      event.key
    ];
    if (event.shiftKey) return stage.pan(...by);
    if (by[0]) return follow(byId(by[0] > 0 ? "previous" : "next"));
    return false;
  },
);
bind(["+", "="], "enlarge", () => stage.zoom(1.25));
bind(["-"], "shrink", () => stage.zoom(0.8));
bind(["0"], "the whole picture", () => stage.fit());
bind(["z"], "pixel by pixel", () => stage.exact());
bind(["o"], "all layers off and on", () => layers.bare());
for (const [name, kind] of Object.entries({
  b: "boxes",
  l: "lines",
  w: "words",
  c: "clusters",
  n: "baselines",
  m: "mask",
  i: "glyph",
})) {
  bind(
    [name],
    kind === "glyph" ? "the glyph layer" : kind,
    () => !layers.buttons.get(kind).disabled && layers.toggle(kind),
  );
}
bind(["[", "]"], "opacity of the layers", (event) =>
  layers.fade(layers.opacity + (event.key === "]" ? 0.1 : -0.1)),
);
bind(["g"], "the group", () => byId("group").querySelector("a")?.focus());
bind(["y"], "copy the command", () => side.copy());
bind(["Escape"], "back to the gallery", () => location.assign(byId("back").getAttribute("href")));
flagKeys(
  () => flags,
  () => key,
);

back();
load();
flags.load().catch(fault);
