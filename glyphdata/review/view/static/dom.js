/** How is an element made? Without a line of markup: whatever a dataset says stays text. */

const OURS = /^(?:\/(?![/\\])|\?|#|blob:)/; // nothing leads to another host, nothing runs

/** An element with its attributes, its listeners (`on`) and what stands in it. */
export function make(tag, props = {}, ...children) {
  return dressed(document.createElement(tag), props, children);
}

/** The same in SVG. */
export function drawn(tag, props = {}, ...children) {
  return dressed(document.createElementNS("http://www.w3.org/2000/svg", tag), props, children);
}

function dressed(node, props, children) {
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "on") {
      for (const [event, heard] of Object.entries(value)) node.addEventListener(event, heard);
    } else if ((name === "href" || name === "src") && !OURS.test(value)) {
      throw new Error(`an address that is not ours: ${value}`);
    } else {
      node.setAttribute(name, value === true ? "" : value);
    }
  }
  const there = (child) => child !== null && child !== undefined && child !== false;
  node.append(...children.flat(Infinity).filter(there));
  return node;
}

/** A button that is never a form's. */
export function button(says, click, props = {}) {
  return make("button", { type: "button", ...props, on: { click } }, says);
}

/** A small square in a colour, where it is one. */
export function swatch(color) {
  const node = make("i", { class: "swatch" });
  if (/^#[0-9a-f]{6}$/i.test(color ?? "")) node.style.backgroundColor = color;
  return node;
}

/** The element with this id, which the page's template has. */
export const byId = (id) => document.getElementById(id);
