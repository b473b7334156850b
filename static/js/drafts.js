// Keeps what was typed into <form data-draft="name"> in this browser until it is sent or thrown away.
(() => {
  const skip = new Set(["csrfmiddlewaretoken", "next"]);

  function fields(form) {
    return [...form.elements].filter((field) =>
      field.name && !skip.has(field.name) && !["password", "file", "submit", "button", "hidden"].includes(field.type));
  }

  function read(form) {
    return fields(form).map((field) => [
      field.name,
      field.value,
      ["checkbox", "radio"].includes(field.type) ? field.checked : null,
    ]);
  }

  function write(form, values) {
    const written = new Set();
    for (const [name, value, checked] of values) {
      // Fields of one name (the rows of a table) are filled in their order.
      const field = fields(form).find((one) =>
        one.name === name && !written.has(one) && (checked === null || one.value === value));
      if (!field) continue;
      written.add(field);
      if (checked === null) field.value = value;
      else field.checked = checked;
      field.dispatchEvent(new Event("change", { bubbles: true }));
    }
  }

  function keep(form) {
    const key = `draft:${location.host}:${form.dataset.draft}`;
    const start = JSON.stringify(read(form));
    const saved = localStorage.getItem(key);
    const note = form.querySelector(".draft-note");
    const failed = form.querySelector(".is-invalid, .alert-danger");
    if (saved && saved !== start && !failed && note) {
      note.hidden = false;
      note.querySelector("[data-draft-use]").addEventListener("click", () => {
        write(form, JSON.parse(saved));
        note.hidden = true;
      });
      note.querySelector("[data-draft-drop]").addEventListener("click", () => {
        localStorage.removeItem(key);
        note.hidden = true;
      });
    }
    let waiting = null;
    const save = () => {
      clearTimeout(waiting);
      waiting = null;
      localStorage.setItem(key, JSON.stringify(read(form)));
    };
    form.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(save, 300);
    });
    window.addEventListener("pagehide", () => {
      if (waiting) save();
    });
    form.addEventListener("submit", () => {
      save();
      sessionStorage.setItem("draft-sent", key);
    });
  }

  document.addEventListener("DOMContentLoaded", () => {
    const sent = sessionStorage.getItem("draft-sent");
    const forms = [...document.querySelectorAll("form[data-draft]")];
    // A form that came back was refused: its draft stays. Any other page means that it was accepted.
    if (sent && !forms.some((form) => sent.endsWith(`:${form.dataset.draft}`))) localStorage.removeItem(sent);
    sessionStorage.removeItem("draft-sent");
    forms.forEach(keep);
  });
})();
