/** What does a key do? One list of bindings per page, and the sheet that `?` shows. */

import { button, make } from "./dom.js";

const bindings = [];
const SPELLED = {
  ArrowLeft: "←",
  ArrowRight: "→",
  ArrowUp: "↑",
  ArrowDown: "↓",
  Escape: "Esc",
  " ": "Space",
};

/** Bind keys: `says` is what the sheet tells, `run` gets the event. */
export function bind(keys, says, run) {
  bindings.push({ keys, says, run });
}

function typing(target) {
  if (!(target instanceof HTMLElement)) return false;
  return target.matches("textarea, select, input:not([type=checkbox], [type=range])");
}

/** Whether an element does something of its own with a key. */
function theirs(target, key) {
  if (!(target instanceof HTMLElement)) return false;
  if (key === "Enter") return Boolean(target.closest("button, a, summary"));
  if (key === " ") return target.matches("button, summary, input");
  return key.startsWith("Arrow") && target.matches("input");
}

function heard(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (typing(event.target)) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  if (document.querySelector("dialog[open]")) return;
  if (theirs(event.target, event.key)) return;
  const bound = bindings.find(({ keys }) => keys.includes(event.key));
  if (!bound || bound.run(event) === false) return;
  event.preventDefault();
}

/** Show the sheet of keys. */
export function sheet() {
  const rows = bindings.map(({ keys, says }) =>
    make(
      "tr",
      {},
      make(
        "td",
        {},
        keys.map((key) => make("kbd", {}, SPELLED[key] ?? key)),
      ),
      make("td", {}, says),
    ),
  );
  const dialog = make(
    "dialog",
    { class: "keys", "aria-label": "Keys" },
    make("h2", {}, "Keys"),
    make("table", {}, make("tbody", {}, rows)),
    button("Close", () => dialog.close(), { autofocus: true }),
  );
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

/** Start to listen; every page has these. */
export function listen() {
  bind(["?"], "show the keys", sheet);
  addEventListener("keydown", heard);
}
