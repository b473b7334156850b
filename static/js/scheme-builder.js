// The scheme form: cards or formula, drafts of cards, and the formula that the cards write shown in the editor.
(() => {
  function builder(form) {
    const editor = form.querySelector("[data-formula]");
    const text = editor.querySelector(".formula-text");
    let own = form.elements.mode.value === "expert" ? text.value : null;
    let restoring = false;

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

    // A draft comes back field by field; cards are drawn from its state, and what other fields set off meanwhile is void.
    async function restore(kept) {
      restoring = true;
      const url = form.querySelector("#cards").dataset.restoreUrl;
      await window.htmx.ajax("POST", url, { source: form, target: "#cards", swap: "outerHTML", values: { builder: kept } });
      restoring = false;
    }

    form.addEventListener("htmx:beforeSwap", (event) => {
      if (restoring && !event.detail.xhr.responseURL.includes("do=restore")) event.detail.shouldSwap = false;
    });

    // The state of the cards arrives after the keys that changed it: tell the draft that it is there now.
    form.addEventListener("htmx:afterSettle", (event) => {
      if (["cards", "written"].includes(event.target.id)) form.dispatchEvent(new Event("input"));
      write();
    });

    form.addEventListener("change", (event) => {
      if (event.target.matches("[data-card]")) document.body.dispatchEvent(new Event("card-changed"));
      if (event.target.name === "builder") restore(event.target.value);
      if (event.target.name !== "mode") return;
      if (show()) {
        if (own !== null) editor.dispatchEvent(new CustomEvent("formula:written", { detail: own }));
      } else {
        own = text.value;
        write();
      }
    });
    show();
  }

  document.addEventListener("DOMContentLoaded", () => document.querySelectorAll("[data-scheme]").forEach(builder));
})();
