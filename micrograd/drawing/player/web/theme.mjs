// The theme of the notebook that a page is shown in: the notebook tells the frame, which obeys.
// Rule: it is JupyterLab's own attribute, so the same styles serve inside and outside a frame.

addEventListener("message", ({ source, data }) => {
  const theme = data?.jpThemeLight;
  if (source !== parent || !["true", "false"].includes(theme)) return;
  document.documentElement.dataset.jpThemeLight = theme;
});
