// The theme, before the first paint: what this browser last chose, else the profile, else the system.
(() => {
  const root = document.documentElement;
  const profile = root.dataset.theme;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const KEY = "vigie.theme";

  // A choice made here holds until the profile is changed.
  function chosen() {
    try {
      const { theme, over } = JSON.parse(localStorage.getItem(KEY));
      return over === profile ? theme : null;
    } catch {
      return null;
    }
  }

  function show() {
    const wanted = chosen() ?? (profile === "system" ? null : profile);
    root.dataset.bsTheme = wanted ?? (system.matches ? "dark" : "light");
  }

  show();
  system.addEventListener("change", show);
  addEventListener("storage", show);
  addEventListener("click", (event) => {
    if (!event.target.closest?.("[data-theme-toggle]")) return;
    const theme = root.dataset.bsTheme === "dark" ? "light" : "dark";
    localStorage.setItem(KEY, JSON.stringify({ theme, over: profile }));
    show();
  });
})();
