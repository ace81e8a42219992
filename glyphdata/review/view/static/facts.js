/** What is true of a sample? Its facts in words: each text, then the picture. */

import { at } from "./api.js";
import { make, swatch } from "./dom.js";
import { marked } from "./marks.js";
import { foreign, number, count } from "./text.js";

const DIRECTIONS = { rtl: "right to left", ttb: "in columns" };
const UNITS = { char: "character", word: "word" };

/** A card for each text box; each links to others of its face, its colour. */
export function texts(d, boxes) {
  return boxes.map((box) =>
    make(
      "li",
      { class: "box", "data-box": box.id },
      make("div", { class: "text", dir: "auto" }, said(box)),
      make("div", { class: "look" }, face(d, box), color(d, box), size(box)),
      make(
        "div",
        { class: "soft" },
        more(box).map((words) => make("span", {}, words)),
      ),
      (box.edits ?? []).map((one) => make("div", { class: "edit" }, edit(one))),
      (box.negatives ?? []).length
        ? make(
            "details",
            {},
            make("summary", {}, count(box.negatives.length, "near-miss", "near-misses")),
            negatives(box),
          )
        : null,
    ),
  );
}

function said(box) {
  const changed = box.source_text && box.source_text !== box.text;
  return changed ? marked(box.source_text, box.text) : foreign(box.text);
}

function face(d, box) {
  const says = [box.face?.family, box.face?.style].filter(Boolean).join(" ");
  return make(
    "a",
    { href: at.gallery(`d=${d}&font=${token(box.font_token)}`), title: "others in this face" },
    foreign(says || "a face"),
    ` · font ${number(box.font_token, 0)}`,
  );
}

function color(d, box) {
  return make(
    "a",
    { href: at.gallery(`d=${d}&color=${token(box.color_token)}`), title: "others in this colour" },
    swatch(box.color),
    foreign(box.color_name || box.color),
  );
}

const token = (value) => encodeURIComponent(value ?? "");

function turned(degrees) {
  if (!degrees) return null;
  return `turned ${number(Math.abs(degrees))}° ${degrees > 0 ? "clockwise" : "counterclockwise"}`;
}

const size = (box) => make("span", {}, `${number(box.size_px)} px`);

function more(box) {
  return [
    foreign([box.level, box.language, box.script].filter(Boolean).join(", ")),
    DIRECTIONS[box.direction],
    `contrast ${number(box.contrast)} : 1`,
    box.signal < 99 ? `signal ${number(box.signal)}` : null,
    box.noise > 0 ? `ground's noise ${number(box.noise)}` : null,
    `${count(box.lines, "line")}, ${count(box.words, "word")}, ${count(box.clusters, "cluster")}`,
    turned(box.angle_deg),
    box.bend_deg ? `bent ${number(box.bend_deg)}°` : null,
    box.letter_spacing_em ? `spaced ${number(box.letter_spacing_em, 2)} em` : null,
    box.align && box.lines > 1 ? foreign(`${box.align}-aligned`) : null,
    box.effects?.length ? foreign(`with ${box.effects.map(named).join(", ")}`) : null,
  ].filter(Boolean);
}

/** An effect's or an edit's kind, whether it is told as a name or as a record. */
const named = (one) => (typeof one === "string" ? one : (one?.kind ?? "?"));

/** An edit in words. */
export function edit(one) {
  if (typeof one === "string") return foreign(one.replaceAll("_", " "));
  const parts = [make("b", {}, foreign(named(one).replaceAll("_", " ")))];
  if (one.before || one.after) {
    parts.push(
      " ",
      one.before ? make("del", {}, foreign(one.before)) : "",
      one.before && one.after ? " → " : "",
      one.after ? make("ins", {}, foreign(one.after)) : "",
    );
  }
  if (one.position !== undefined)
    parts.push(` at ${UNITS[one.unit] ?? "place"} ${number(one.position + 1, 0)}`);
  return make("span", {}, parts);
}

function negatives(box) {
  const text = (one) => (typeof one === "string" ? one : (one?.text ?? ""));
  return make(
    "ul",
    { class: "negatives" },
    box.negatives.map((one) => make("li", { dir: "auto" }, marked(box.text, text(one)))),
  );
}

/** The picture's own facts, as pairs; the index tells those that the sample does not. */
export function picture(told) {
  const facts = { ...told.row, ...told.facts };
  const effects = (facts.effects ?? []).map(named).join(", ");
  const variant = facts.variant ? `, variant ${number(facts.variant, 0)}` : "";
  return [
    ["Size", `${number(facts.width, 0)} × ${number(facts.height, 0)} px`],
    ...ground(facts.background),
    ["Level", foreign(facts.level)],
    ["Language", foreign(facts.language)],
    ...(effects ? [["Effects", foreign(effects)]] : []),
    ["Drafts given up", number(facts.rejections, 0)],
    ["Scene", `number ${number(facts.index, 0)}${variant}`],
    ["Shard", number(facts.shard, 0)],
  ];
}

function ground(told) {
  if (typeof told !== "object" || told === null) return [["Ground", foreign(told)]];
  const says = foreign([told.kind, told.name].filter(Boolean).join(" · "));
  const rows = [["Ground", [told.color ? swatch(told.color) : "", says]]];
  return told.license ? [...rows, ["Licence", foreign(told.license)]] : rows;
}
