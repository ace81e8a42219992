/** How do the variants differ from their original? All of them side by side, the changes marked. */

import { at, get } from "./api.js";
import { make } from "./dom.js";
import { edit } from "./facts.js";
import { marked } from "./marks.js";
import { foreign } from "./text.js";

const AT_ONCE = 4;

/** The strip of a group; `href(key)` leads to a member, `key` is the one on the stage. */
export function strip(d, members, { key, href }) {
  const tiles = members.map((member) => tile(d, member, member.key === key, href));
  texts(d, members, tiles);
  return tiles;
}

function tile(d, member, here, href) {
  const image = make("img", {
    src: at.image(d, member.key, "thumb", "side=192"),
    alt: "",
    loading: "lazy",
  });
  image.addEventListener("error", () =>
    image.replaceWith(make("p", { class: "error" }, "the picture cannot be shown")),
  );
  return make(
    "a",
    {
      class: "member",
      href: href(member.key),
      "data-key": member.key,
      "aria-current": here ? "true" : null,
    },
    image,
    make("div", { class: "soft" }, member.variant ? `variant ${member.variant}` : "original"),
    make("div", { class: "changes" }, kinds(member.edits)),
  );
}

/** The edits by name, until the texts are here. */
function kinds(edits) {
  return (edits ?? []).map((one) => make("div", { class: "edit" }, edit(one)));
}

/** Fetch the members' texts, a few at a time, and mark what differs from the original. */
async function texts(d, members, tiles) {
  const told = async (member) => (await get(at.told(d, member.key))).facts?.boxes ?? [];
  const first = members.find((member) => member.variant === 0);
  if (!first) return;
  const original = await told(first).catch(() => null);
  if (!original) return; // the kinds of edit still stand
  const rest = members.map((member, place) => ({ member, place }));
  const work = async () => {
    for (let next = rest.shift(); next; next = rest.shift()) {
      const boxes = next.member === first ? original : await told(next.member).catch(() => null);
      if (boxes)
        tiles[next.place]
          .querySelector(".changes")
          .replaceChildren(...differences(original, boxes, next.member === first));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

function differences(original, boxes, same) {
  if (same) return original.map((box) => make("p", { dir: "auto" }, foreign(box.text)));
  const changed = boxes.flatMap((box, place) => {
    const old = original[place];
    if (!old) return [make("p", { dir: "auto" }, foreign(box.text))];
    const lines =
      old.text === box.text ? [] : [make("p", { dir: "auto" }, marked(old.text, box.text))];
    if (old.font_token !== box.font_token) lines.push(swap(old.face?.family, box.face?.family));
    if (old.color_token !== box.color_token) lines.push(swap(old.color_name, box.color_name));
    return lines;
  });
  return changed.length ? changed : [make("p", { class: "soft" }, "no difference")];
}

function swap(before, after) {
  return make("p", {}, make("del", {}, foreign(before)), " → ", make("ins", {}, foreign(after)));
}
