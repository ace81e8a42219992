/** What does the server answer? Its addresses, and its faults as exceptions. */

/** What the server, or the way to it, found wrong. */
export class Fault extends Error {
  constructor(message, hint = "", status = 0) {
    super(message);
    this.hint = hint;
    this.status = status;
  }
}

const key = encodeURIComponent;

/** The addresses that pages, pictures and answers have. */
export const at = {
  page: (name, d, query = "") => `/${name}/${key(d)}${ask(query)}`,
  gallery: (query) => `/${ask(query)}`,
  compare: (query) => `/compare${ask(query)}`,
  sample: (d, k, query = "") => `/sample/${key(d)}/${key(k)}${ask(query)}`,
  api: (d, name, query = "") => `/api/${key(d)}/${name}${ask(query)}`,
  told: (d, k, query = "") => `/api/${key(d)}/sample/${key(k)}${ask(query)}`,
  plot: (d, name) => `/api/${key(d)}/plots/${key(name)}.svg`,
  image: (d, k, kind, query = "") => `/img/${key(d)}/${key(k)}/${kind}${ask(query)}`,
};

function ask(query) {
  const text = String(query);
  return text ? `?${text}` : "";
}

/** A GET that answers JSON; `Fault` where it does not. */
export function get(path, signal) {
  return answer(path, { signal });
}

/** A POST; the header is one that no form of another page can send. */
export function post(path, body) {
  const headers = { "X-Glyphdata": "1", "Content-Type": "application/json" };
  return answer(path, { method: "POST", headers, body: JSON.stringify(body) });
}

async function answer(path, init) {
  let reply;
  try {
    reply = await fetch(path, { ...init, credentials: "same-origin" });
  } catch (fault) {
    if (fault.name === "AbortError") throw fault;
    throw new Fault("the server does not answer", "is `glyphdata view` still running?");
  }
  const told = await reply.json().catch(() => null);
  if (reply.ok && told !== null) return told;
  throw new Fault(told?.error ?? `the server answered ${reply.status}`, told?.hint, reply.status);
}
