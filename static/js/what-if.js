// A slider and the field that it slides. The field is what is sent; without this script it is there all the same.
// <input type="range" data-slides="id of the field">
(() => {
  const zeros = [0x06f0, 0x0660];
  const latin = (text) => text.replace(/[٠-٩۰-۹]/g, (digit) => {
    const code = digit.codePointAt(0);
    return String(code - zeros.find((zero) => code >= zero));
  });

  document.querySelectorAll("input[data-slides]").forEach((range) => {
    const field = document.getElementById(range.dataset.slides);
    if (!field) return;
    range.addEventListener("input", () => {
      field.value = range.value;
    });
    field.addEventListener("input", () => {
      const value = Number(latin(field.value).replace(/[,٬\s]/g, "").replace("٫", "."));
      if (Number.isFinite(value)) range.value = String(value);
    });
  });
})();
