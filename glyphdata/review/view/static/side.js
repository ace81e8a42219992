/** What stands beside the picture? Texts, captions, the group, and how to make it again. */

import { at } from "./api.js";
import { button, make } from "./dom.js";
import { captions } from "./captions.js";
import { picture, texts } from "./facts.js";
import { strip } from "./group.js";
import { foreign, number, plain } from "./text.js";

/** The column of facts in an element. */
export class Side {
  constructor(host, d) {
    this.host = host;
    this.d = d;
  }

  /** Show what is known of a sample; `href` leads to another of its group. */
  show(told, href) {
    this.told = told;
    const boxes = told.facts?.boxes ?? [];
    this.host.replaceChildren(
      ...[
        told.findings?.length
          ? part(
              "Findings",
              make(
                "ul",
                { class: "findings" },
                told.findings.map((one) => this.#finding(one)),
              ),
            )
          : null,
        part("Texts", make("ol", { class: "boxes" }, texts(this.d, boxes))),
        part("Captions", make("ul", { class: "captions" }, captions(told))),
        part("Picture", pairs(picture(told))),
        part("Make it again", this.#again(told)),
        part(
          "Members",
          pairs(
            Object.entries(told.members ?? {}).map(([name, size]) => [foreign(name), bytes(size)]),
          ),
        ),
      ].filter(Boolean),
    );
    this.#group(told, href);
  }

  /** Light the card of a text box. */
  light(id) {
    for (const card of this.host.querySelectorAll(".box")) {
      card.classList.toggle("lit", id !== undefined && card.dataset.box === String(id));
    }
  }

  /** What the tip says of a cluster. */
  cluster({ text, start, end, mask, box }) {
    const codes = [...text].map(
      (one) => `U+${one.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}`,
    );
    return [
      make("div", { class: "glyph" }, foreign(text)),
      make("div", {}, codes.join(" ")),
      make(
        "div",
        {},
        foreign([box?.face?.family, box?.face?.style].filter(Boolean).join(" ")),
        ` · ${number(box?.size_px)} px`,
      ),
      make(
        "div",
        { class: "soft" },
        `text ${number(box?.id, 0)}, bytes ${number(start, 0)}–${number(end, 0)}, `,
        mask ? `mask ${number(mask, 0)}` : "no ink",
      ),
    ];
  }

  /** Copy the command that draws this sample. */
  async copy() {
    const node = this.host.querySelector(".command");
    if (!node || !this.told?.command) return;
    const done = await navigator.clipboard?.writeText(this.told.command).then(
      () => true,
      () => false,
    );
    getSelection().selectAllChildren(node); // where the clipboard is closed, Ctrl+C is one key away
    this.host.querySelector(".copied").textContent = done ? "copied" : "selected: Ctrl+C copies it";
  }

  #finding({ code, message }) {
    const others = at.gallery(new URLSearchParams({ d: this.d, finding: code }));
    return make("li", {}, make("a", { href: others }, foreign(code)), " ", foreign(message));
  }

  #again(told) {
    return make(
      "div",
      {},
      told.command
        ? make(
            "div",
            { class: "again" },
            make("code", { class: "command", tabindex: "0" }, plain(told.command)),
            button("Copy", () => this.copy(), { id: "copy" }),
            make("span", { class: "copied soft", role: "status" }),
          )
        : null,
      make(
        "p",
        { class: "soft" },
        "seed ",
        foreign(told.seed ?? "–"),
        " · ",
        make("a", { href: at.api(this.d, "recipe.yaml"), download: "recipe.yaml" }, "recipe.yaml"),
      ),
      make(
        "details",
        {},
        make("summary", {}, "Recipe"),
        make("pre", {}, plain(JSON.stringify(told.recipe, null, 2) ?? "")),
      ),
    );
  }

  #group(told, href) {
    const node = document.getElementById("group");
    const members = told.group ?? [];
    node.hidden = members.length < 2;
    if (node.hidden) return node.replaceChildren();
    const tiles = strip(this.d, members, { key: told.key, href });
    node.replaceChildren(...tiles);
    const here = node.querySelector("[aria-current]");
    if (here) node.scrollLeft = here.offsetLeft - node.clientWidth / 2 + here.offsetWidth / 2;
    return undefined;
  }
}

function part(title, ...content) {
  return make("section", {}, make("h2", {}, title), content);
}

/** Facts as a list of terms. */
function pairs(rows) {
  return make(
    "dl",
    {},
    rows.map(([term, says]) => [make("dt", {}, term), make("dd", {}, says)]).flat(),
  );
}

function bytes(size) {
  if (size < 1000) return `${number(size, 0)} B`;
  return size < 1e6 ? `${number(size / 1000)} kB` : `${number(size / 1e6)} MB`;
}
