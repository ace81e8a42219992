/** What does this browser remember? Small texts by name; nothing where storage is forbidden. */

/** What is remembered under a name, or null. */
export function recall(name) {
  try {
    return localStorage.getItem(`glyphdata:${name}`);
  } catch {
    return null;
  }
}

/** Remember a text; whether it will be. */
export function keep(name, value) {
  try {
    localStorage.setItem(`glyphdata:${name}`, value);
    return true;
  } catch {
    return false; // forbidden or full
  }
}
