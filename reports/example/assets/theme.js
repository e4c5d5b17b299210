"use strict";
(() => {
const module_theme = (() => {
// Light or dark: the setting of the system until the reader chooses. The choice is remembered.
const KEY = "analyzer-theme";
const root = document.documentElement;
const system = matchMedia("(prefers-color-scheme: dark)");

// Some browsers forbid storage for pages opened from disk.
function recall() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

function remember(value) {
  try {
    localStorage.setItem(KEY, value);
  } catch {
    // the choice then holds for this page only
  }
}

const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : system.matches);

function tell() {
  const button = document.getElementById("theme");
  if (button) button.textContent = isDark() ? "Light" : "Dark";
  document.dispatchEvent(new Event("themechange"));
}

const stored = recall();
if (stored === "dark" || stored === "light") root.dataset.theme = stored;
system.addEventListener("change", tell);
document.addEventListener("DOMContentLoaded", () => {
  tell();
  document.getElementById("theme")?.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    remember(root.dataset.theme);
    tell();
  });
});
return {  };
})();
})();
