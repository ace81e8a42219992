/* Is the page light or dark? As the reader chose, else as the system is; before the first paint. */
"use strict";
{
  const root = document.documentElement;
  const stored = () => {
    try {
      return localStorage.getItem("glyphdata:theme");
    } catch {
      return null; // storage is forbidden: the system's scheme it is
    }
  };
  const chosen = stored();
  if (chosen === "light" || chosen === "dark") root.dataset.theme = chosen;
  const dark = matchMedia("(prefers-color-scheme: dark)");

  globalThis.turnTheme = () => {
    const now = root.dataset.theme ?? (dark.matches ? "dark" : "light");
    root.dataset.theme = now === "dark" ? "light" : "dark";
    try {
      localStorage.setItem("glyphdata:theme", root.dataset.theme);
    } catch {
      // it then holds for this page alone
    }
  };
}
