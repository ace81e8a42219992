/** What is said of a sample? Its captions of every level, with who says so. */

import { make } from "./dom.js";
import { bytewise, foreign, plain, shown } from "./text.js";

/** The captions, the drawn one (`txt`) first. */
export function captions(told) {
  const levels = told.captions?.captions ?? [];
  return [
    told.text ? said("default", "txt", told.text, []) : null,
    ...levels.map((caption) =>
      said(title(caption), caption.source, caption.text, caption.mentions, caption.flags),
    ),
    ...(told.captions?.failures ?? []).map((failure) =>
      said(`level ${failure.level} failed`, failure.code, failure.message, []),
    ),
  ].filter(Boolean);
}

function title(caption) {
  const style = caption.style && caption.style !== "plain" ? `, ${caption.style}` : "";
  return `level ${caption.level}${style}${caption.locked ? ", locked" : ""}`;
}

function said(says, source, text, mentions, flags = []) {
  return make(
    "li",
    { class: "caption" },
    make(
      "div",
      { class: "soft" },
      foreign(says),
      " · ",
      foreign(source),
      flags?.length ? [" · ", foreign(flags.join(", "))] : "",
    ),
    make("p", { dir: "auto" }, mentioned(text ?? "", mentions ?? [])),
  );
}

/** A caption with the texts that it quotes marked; byte spans, in order, none over another. */
function mentioned(text, mentions) {
  const cut = bytewise(text);
  const spans = mentions
    .filter(({ start, end }) => end > start)
    .sort((one, other) => one.start - other.start);
  const parts = [];
  let from = 0;
  for (const { start, end, ref, status } of spans) {
    if (start < from) continue;
    parts.push(...shown(cut(from, start)));
    parts.push(
      make(
        "mark",
        { class: status === "exact" ? "" : "loose", title: `text ${plain(ref)}` },
        shown(cut(start, end)),
      ),
    );
    from = end;
  }
  parts.push(...shown(cut(from)));
  return make("bdi", {}, parts);
}
