// Theme button, toasts, confirmation, first error, forms that send themselves, CSRF for htmx.
(() => {
  const themes = ["auto", "light", "dark"];

  function themeButton(button) {
    const name = () => {
      const label = button.dataset[`label${document.documentElement.dataset.theme.replace(/^./, (c) => c.toUpperCase())}`];
      button.title = label;
      button.setAttribute("aria-label", label);
    };
    button.addEventListener("click", () => {
      const now = document.documentElement.dataset.theme;
      window.sharikTheme(themes[(themes.indexOf(now) + 1) % themes.length]);
      name();
    });
    name();
  }

  function toast(text) {
    const copy = document.getElementById("toast-template").content.cloneNode(true);
    const notice = copy.querySelector(".notice");
    notice.querySelector(".notice-text").textContent = text;
    notice.querySelector(".btn-close").addEventListener("click", () => notice.remove());
    document.getElementById("toasts").append(notice);
    setTimeout(() => notice.remove(), 7000);
  }

  function ask(source) {
    const dialog = document.getElementById("confirm");
    dialog.querySelector(".confirm-title").textContent = source.dataset.confirm;
    dialog.querySelector(".confirm-text").textContent = source.dataset.confirmText || "";
    const go = dialog.querySelector("[value=ok]");
    go.textContent = source.dataset.confirmButton || go.dataset.default;
    go.className = source.dataset.confirmKind === "plain" ? "btn btn-primary" : "btn btn-danger";
    dialog.returnValue = "";
    dialog.showModal();
    return new Promise((done) => {
      dialog.addEventListener("close", () => done(dialog.returnValue === "ok"), { once: true });
    });
  }

  document.addEventListener("submit", async (event) => {
    const form = event.target;
    const source = event.submitter?.dataset.confirm ? event.submitter : form;
    if (!source.dataset.confirm || form.dataset.confirmed) return;
    event.preventDefault();
    if (await ask(source)) {
      form.dataset.confirmed = "1";
      form.requestSubmit(event.submitter);
      delete form.dataset.confirmed;
    }
  }, true);

  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-submit-on-change]")) event.target.form.requestSubmit();
  });

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent.trim());
    toast(button.dataset.copied);
  });

  document.addEventListener("htmx:configRequest", (event) => {
    const token = document.body.dataset.csrf;
    if (token) event.detail.headers["X-CSRFToken"] = token;
  });

  function prepare(root) {
    root.querySelectorAll("template.js-toast").forEach((note) => {
      toast(note.content.textContent);
      note.remove();
    });
    const wrong = root.querySelector(".is-invalid, [aria-invalid=true]");
    if (wrong) wrong.focus();
  }

  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll("[data-theme-toggle]").forEach(themeButton);
    prepare(document);
  });
  document.addEventListener("htmx:load", (event) => prepare(event.detail.elt));
  window.sharikToast = toast;
})();
