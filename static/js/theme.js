// Runs before the first paint: the reader's theme, without a flash.
(() => {
  const root = document.documentElement;
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const paint = () => {
    const wanted = root.dataset.theme;
    root.dataset.bsTheme = wanted === "auto" ? (dark.matches ? "dark" : "light") : wanted;
    window.dispatchEvent(new Event("themechange"));
  };
  window.sharikTheme = (theme) => {
    root.dataset.theme = theme;
    document.cookie = `theme=${theme};path=/;max-age=31536000;samesite=lax`;
    paint();
  };
  dark.addEventListener("change", paint);
  paint();
})();
