// The scheme form: cards or formula, drafts of cards, and the formula that the cards write shown in the editor.
(() => {
  function builder(form) {
    const editor = form.querySelector("[data-formula]");
    const text = editor.querySelector(".formula-text");
    let own = form.elements.mode.value === "expert" ? text.value : null;

    function show() {
      const expert = form.elements.mode.value === "expert";
      form.dataset.mode = expert ? "expert" : "cards";
      text.readOnly = !expert;
      return expert;
    }

    function write() {
      const written = form.querySelector("#written");
      if (written && !show()) editor.dispatchEvent(new CustomEvent("formula:written", { detail: written.dataset.written }));
    }

    form.addEventListener("change", (event) => {
      if (event.target.matches("[data-card]")) document.body.dispatchEvent(new Event("card-changed"));
      if (event.target.name === "builder") {
        window.htmx.ajax("POST", form.querySelector("#cards").dataset.restoreUrl, { source: event.target, target: "#cards", swap: "outerHTML" });
      }
      if (event.target.name !== "mode") return;
      if (show()) {
        if (own !== null) editor.dispatchEvent(new CustomEvent("formula:written", { detail: own }));
      } else {
        own = text.value;
        write();
      }
    });
    form.addEventListener("htmx:afterSettle", write);
    show();
  }

  document.addEventListener("DOMContentLoaded", () => document.querySelectorAll("[data-scheme]").forEach(builder));
})();
