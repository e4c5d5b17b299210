// Light or dark: the system's wish until the reader chooses; the choice is remembered where allowed.
(() => {
  "use strict";
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const recall = () => {
    try { return localStorage.getItem("analyzer-theme"); } catch { return null; }
  };
  const remember = (value) => {
    try { localStorage.setItem("analyzer-theme", value); } catch { /* a reader may forbid storage */ }
  };
  const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : system.matches);
  const stored = recall();
  if (stored === "dark" || stored === "light") root.dataset.theme = stored;

  const tell = () => {
    const button = document.getElementById("theme");
    if (button) button.textContent = isDark() ? "Light" : "Dark";
    document.dispatchEvent(new Event("themechange"));
  };
  system.addEventListener("change", tell);
  document.addEventListener("DOMContentLoaded", () => {
    tell();
    document.getElementById("theme").addEventListener("click", () => {
      root.dataset.theme = isDark() ? "light" : "dark";
      remember(root.dataset.theme);
      tell();
    });
  });
})();
