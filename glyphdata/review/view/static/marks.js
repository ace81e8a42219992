/** What did an edit change? Two texts as one, with what went and what came marked. */

import { make } from "./dom.js";
import { shown } from "./text.js";

const clusters = new Intl.Segmenter("und", { granularity: "grapheme" });
const MOST = 1500; // clusters, after the common ends: beyond, the whole middle counts as changed

const cut = (text) => [...clusters.segment(text)].map(({ segment }) => segment);

/** `after` as text, with what it has that `before` had not, and the other way round. */
export function marked(before, after) {
  const [old, now] = [cut(before ?? ""), cut(after ?? "")];
  let head = 0;
  while (head < old.length && head < now.length && old[head] === now[head]) head += 1;
  let tail = 0;
  const room = Math.min(old.length, now.length) - head;
  while (tail < room && old[old.length - 1 - tail] === now[now.length - 1 - tail]) tail += 1;
  const middle = changes(old.slice(head, old.length - tail), now.slice(head, now.length - tail));
  const runs = [["same", now.slice(0, head)], ...middle, ["same", now.slice(now.length - tail)]];
  const parts = runs.filter(([, run]) => run.length).map(([kind, run]) => part(kind, run.join("")));
  return make("bdi", { class: "edited" }, parts.flat());
}

function part(kind, text) {
  return kind === "same" ? shown(text) : make(kind === "gone" ? "del" : "ins", {}, shown(text));
}

/** Runs of clusters that are the same, gone or come, by their longest common subsequence. */
function changes(old, now) {
  if (!old.length || !now.length || old.length * now.length > MOST * MOST) {
    return [
      ["gone", old],
      ["come", now],
    ];
  }
  const wide = now.length + 1;
  const longest = new Uint16Array((old.length + 1) * wide);
  for (let i = old.length - 1; i >= 0; i -= 1) {
    for (let j = now.length - 1; j >= 0; j -= 1) {
      longest[i * wide + j] =
        old[i] === now[j]
          ? longest[(i + 1) * wide + j + 1] + 1
          : Math.max(longest[(i + 1) * wide + j], longest[i * wide + j + 1]);
    }
  }
  return walked(old, now, (i, j) => longest[i * wide + j]);
}

function walked(old, now, longest) {
  const runs = [];
  const put = (kind, cluster) => {
    if (runs.at(-1)?.[0] === kind) runs.at(-1)[1].push(cluster);
    else runs.push([kind, [cluster]]);
  };
  let [i, j] = [0, 0];
  while (i < old.length || j < now.length) {
    if (i < old.length && j < now.length && old[i] === now[j]) {
      put("same", now[j]);
      [i, j] = [i + 1, j + 1];
    } else if (i < old.length && (j === now.length || longest(i + 1, j) >= longest(i, j + 1))) {
      put("gone", old[i++]);
    } else {
      put("come", now[j++]);
    }
  }
  return runs;
}
