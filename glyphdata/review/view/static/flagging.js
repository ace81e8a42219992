/** How does one flag? The dialog, the keys, the list of flags and its download. */

import { at } from "./api.js";
import { button, make } from "./dom.js";
import { REASONS } from "./flags.js";
import { fault } from "./frame.js";
import { bind } from "./keys.js";
import { count, foreign } from "./text.js";

/** The button that opens the list; it counts along. */
export function lister(flags) {
  const node = button("Flags", () => list(flags), { class: "quiet", id: "flags" });
  const told = () => {
    node.textContent = flags.all.length ? `⚑ ${flags.all.length}` : "⚑";
    node.title = `${count(flags.all.length, "flag")}: the list`;
  };
  flags.addEventListener("changed", told);
  told();
  return node;
}

/** Bind the keys; `current()` is the key of the sample in hand or nothing, `flags()` are its. */
export function flagKeys(flags, current) {
  const held = (run) => (event) => {
    const key = current();
    return key ? run(key, event) : false;
  };
  bind(
    ["f"],
    "flag with a reason",
    held((key) => ask(flags(), key)),
  );
  bind(
    ["u"],
    "take the flag away",
    held((key) => put(flags(), key, "")),
  );
  REASONS.forEach((reason, place) => {
    bind(
      [String(place + 1)],
      `flag: ${reason}`,
      held((key) => put(flags(), key, reason)),
    );
  });
}

function put(flags, key, reason) {
  flags.set(key, reason).catch(fault);
}

/** Ask for the reason: a number key, a button, or words of one's own. */
export function ask(flags, key) {
  const had = flags.reason(key);
  const own = make("input", {
    type: "text",
    maxlength: 200,
    "aria-label": "Reason",
    placeholder: "or in your words",
  });
  own.value = REASONS.includes(had) ? "" : had;
  const chosen = (reason) => {
    dialog.close();
    put(flags, key, reason.trim());
  };
  const choices = REASONS.map((reason, place) =>
    button([make("kbd", {}, String(place + 1)), reason].flat(), () => chosen(reason), {
      "aria-pressed": String(reason === had),
    }),
  );
  const dialog = opened(
    "flagging",
    make("h2", {}, "Flag ", foreign(key)),
    make("div", { class: "choices" }, choices),
    own,
    make(
      "div",
      { class: "row" },
      button("Flag", () => own.value.trim() && chosen(own.value), { class: "main" }),
      had ? button("Take the flag away", () => chosen("")) : null,
      button("Cancel", () => dialog.close()),
    ),
    flags.writable ? null : make("p", { class: "soft" }, "Read-only: it stays in this browser."),
  );
  dialog.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target === own && own.value.trim()) chosen(own.value);
    const place = Number(event.key) - 1;
    if (event.target !== own && REASONS[place]) chosen(REASONS[place]);
  });
}

function list(flags) {
  const rows = flags.all.map(([key, reason]) =>
    make(
      "tr",
      {},
      make("td", {}, make("a", { href: at.sample(flags.dataset.d, key) }, foreign(key))),
      make("td", {}, foreign(reason)),
      make(
        "td",
        {},
        button("Unflag", (event) => gone(event, key), { class: "quiet" }),
      ),
    ),
  );
  const gone = (event, key) => {
    put(flags, key, "");
    event.target.closest("tr").remove();
  };
  const shown = at.gallery(`d=${flags.dataset.d}&flagged=1`);
  const dialog = opened(
    "flags",
    make("h2", {}, count(flags.all.length, "flag")),
    make(
      "p",
      { class: "soft" },
      "The list is what other commands leave out: a key a line, and why.",
    ),
    make("div", { class: "long" }, make("table", {}, make("tbody", {}, rows))),
    make(
      "div",
      { class: "row" },
      button("Download the list", () => download(flags), { class: "main" }),
      flags.writable ? make("a", { class: "button", href: shown }, "Show in the gallery") : null,
      button("Close", () => dialog.close()),
    ),
  );
}

/** The list as a file: the browser's copy, the only whole one where nobody may write. */
function download(flags) {
  const address = URL.createObjectURL(new Blob([flags.list], { type: "text/plain" }));
  const link = make("a", { href: address, download: "flags.txt" });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

function opened(kind, ...parts) {
  const dialog = make("dialog", { class: kind }, parts);
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}
