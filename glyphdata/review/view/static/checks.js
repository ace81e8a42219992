/** What is wrong with the dataset? The findings, by code, each with its sample. */

import { Fault, at, get, post } from "./api.js";
import { go, having, query, watch } from "./address.js";
import { button, byId, make } from "./dom.js";
import { flagKeys, lister } from "./flagging.js";
import { Flags } from "./flags.js";
import { current, dataset, fault, frame, tell } from "./frame.js";
import { bind } from "./keys.js";
import { count, foreign, number } from "./text.js";

const AGAIN = 1000; // ms until a run is asked after again
const MOST = 500; // rows at once; the gallery shows them all

const SAID = { none: "The checks have not been run.", failed: "The checks could not be run." };

const d = current();
const flags = new Flags(dataset());
frame(lister(flags));
flags.load().catch(fault);
let told = null;
let held = "";

async function load() {
  told = await get(at.api(d, "checks"));
  const busy = told.state === "computing";
  tell(
    "busy",
    busy
      ? [
          make(
            "p",
            {},
            `The checks are running: ${number(told.done, 0)} of ${count(told.of, "shard")}`,
          ),
        ]
      : null,
  );
  byId("run").disabled = busy;
  show();
  if (told.state === "failed") throw new Fault(told.error ?? "the checks cannot be run");
  if (busy) setTimeout(() => load().catch(fault), AGAIN);
}

function show() {
  if (!told) return;
  const code = query().get("code");
  const codes = Object.entries(told.codes ?? {}).sort((one, other) => other[1] - one[1]);
  byId("codes").replaceChildren(...codes.map(([name, n]) => chosen(name, n, name === code)));
  const findings = (told.findings ?? []).filter((one) => !code || one.code === code);
  byId("said").textContent =
    told.state === "ready"
      ? codes.length
        ? count(findings.length, "finding")
        : "Nothing was found."
      : (SAID[told.state] ?? "");
  byId("findings").replaceChildren(...findings.slice(0, MOST).map(row));
  byId("more").textContent =
    findings.length > MOST ? `and ${number(findings.length - MOST, 0)} more` : "";
}

function chosen(name, n, pressed) {
  return make(
    "li",
    {},
    button(
      [foreign(name), make("span", { class: "count" }, number(n, 0))],
      () => go(having(query(), { code: pressed ? "" : name })),
      {
        class: "option",
        "aria-pressed": String(pressed),
      },
    ),
    make("a", { href: at.gallery(new URLSearchParams({ d, finding: name })) }, "in the gallery"),
  );
}

function row({ code, key, message }) {
  const focus = () => (held = key ?? "");
  const link = key ? make("a", { href: at.sample(d, key), on: { focus } }, foreign(key)) : "";
  return make(
    "tr",
    {},
    make("td", {}, foreign(code)),
    make("td", {}, link),
    make("td", {}, foreign(message)),
  );
}

byId("run").addEventListener("click", async () => {
  try {
    await post(at.api(d, "checks"), {});
    await load();
  } catch (failed) {
    fault(failed);
  }
});
bind(["Escape"], "to the gallery", () => location.assign(at.gallery(`d=${d}`)));
flagKeys(
  () => flags,
  () => held,
);
watch(show);
load().catch(fault);
