/** What does one tile show? The picture, its text, the measure that people sort by, its flag. */

import { at, get } from "./api.js";
import { make } from "./dom.js";
import { foreign, number, plain } from "./text.js";

/** The measures that a tile can tell, by column: how, and their unit. */
const MEASURES = {
  contrast_min: (row) => `contrast ${number(row.contrast_min)}`,
  signal_min: (row) => `signal ${number(row.signal_min)}`,
  size_px_min: (row) => `${number(row.size_px_min)} px`,
  size_px_max: (row) => `${number(row.size_px_max)} px`,
  angle_deg_max: (row) => `${number(row.angle_deg_max)}°`,
  length: (row) => `${number(row.length, 0)} characters`,
  boxes: (row) => `${number(row.boxes, 0)} boxes`,
  clusters: (row) => `${number(row.clusters, 0)} clusters`,
  rejections: (row) => `${number(row.rejections, 0)} given up`,
};

/** An empty tile. */
export function blank() {
  const image = make("img", { alt: "", draggable: "false", decoding: "async" });
  image.addEventListener("error", () => failed(image));
  return make(
    "a",
    { class: "tile", role: "option", tabindex: "-1", draggable: "false" },
    make("div", { class: "frame" }, image, make("p", { class: "error" })),
    make("div", { class: "says" }),
    make("div", { class: "meta" }),
  );
}

/** A picture that did not come: ask why not. */
async function failed(image) {
  const src = image.getAttribute("src");
  if (!src) return;
  const tile = image.closest(".tile");
  broken(tile, "the picture cannot be shown");
  const why = await get(src).catch((fault) => fault.message);
  if (image.getAttribute("src") === src && typeof why === "string") broken(tile, why);
}

/** Put a row into a tile; an empty one where the row is still on its way. */
export function fill(node, { d, row, href, flag, sort, side }) {
  const image = node.querySelector("img");
  const [frame, says, meta] = node.children;
  node.classList.remove("broken");
  node.classList.toggle("waits", !row);
  node.classList.toggle("flagged", Boolean(flag));
  if (!row) {
    image.removeAttribute("src");
    node.removeAttribute("href");
    delete node.dataset.key;
    for (const part of [says, meta, frame.querySelector(".error")]) part.replaceChildren();
    return;
  }
  const src = at.image(d, row.key, "thumb", `side=${asked(side)}`);
  if (row.error) {
    image.removeAttribute("src");
    broken(node, row.error);
  } else if (image.getAttribute("src") !== src) {
    image.removeAttribute("src"); // the old picture goes at once, not when the new one has come
    image.setAttribute("src", src);
  }
  node.dataset.key = row.key;
  node.setAttribute("href", href);
  node.setAttribute("aria-label", `${row.key}: ${plain(row.text)}`);
  says.replaceChildren(foreign(row.text));
  meta.replaceChildren(
    make("span", { class: "measure" }, (MEASURES[sort] ?? MEASURES.contrast_min)(row)),
    flag
      ? make("span", { class: "flag" }, foreign(flag))
      : make("span", { class: "key" }, foreign(row.key)),
  );
}

/** Thumbnails come in few sizes, so that the server's cache serves all sliders. */
function asked(side) {
  const wanted = side * Math.min(globalThis.devicePixelRatio || 1, 2);
  return [96, 192, 384, 768].find((one) => one >= wanted) ?? 768;
}

function broken(node, why) {
  node.classList.add("broken");
  node.querySelector(".error").replaceChildren(foreign(why));
}
