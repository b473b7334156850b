// The formula editor: colours behind a plain textarea, a check while typing, errors at their place, the result for a chosen
// beneficiary. Offsets from the server count characters, those of the browser count half-characters: `units` converts.
(() => {
  const parts = /(#[^\n]*)|("[^"\n]*"|'[^'\n]*'|«[^»\n]*»|“[^”\n]*”)|(`[^`\n]*`)|([\d۰-۹٠-٩][\d_.٬٫۰-۹٠-٩]*(?:\s*[%٪]|(?:k|m|bn)\b)?)|([\p{L}_][\p{L}\p{N}_]*)|([^\s])/gu;
  const words = new Set(["and", "or", "not", "let", "else", "true", "false"]);
  const functions = new Set(["band", "marginal", "by", "attainment", "target", "previous", "growth", "if", "min", "max", "clamp", "round_to", "abs"]);

  function kindOf(match) {
    const [, comment, text, quoted, number, name] = match;
    if (comment) return "comment";
    if (text) return "text";
    if (quoted) return "name";
    if (number) return "number";
    if (!name) return "sign";
    if (words.has(name)) return "word";
    return functions.has(name) ? "function" : "name";
  }

  function units(source, characters) {
    return Array.from(source).slice(0, characters).join("").length;
  }

  // The source as spans: colours, cut where an error begins or ends.
  function paint(target, source, errors) {
    const marks = errors.map((error) => [units(source, error.start), Math.max(units(source, error.end), units(source, error.start) + 1)]);
    const cuts = new Set(marks.flat());
    const out = document.createDocumentFragment();
    const put = (text, kind, from) => {
      let start = 0;
      for (let i = 1; i <= text.length; i += 1) {
        if (i < text.length && !cuts.has(from + i)) continue;
        const span = document.createElement("span");
        span.textContent = text.slice(start, i);
        const wrong = marks.some(([first, last]) => first <= from + start && from + start < last);
        span.className = `${kind ? `f-${kind}` : ""}${wrong ? " f-wrong" : ""}`;
        out.append(span);
        start = i;
      }
    };
    let at = 0;
    for (const match of source.matchAll(parts)) {
      if (match.index > at) put(source.slice(at, match.index), "", at);
      put(match[0], kindOf(match), match.index);
      at = match.index + match[0].length;
    }
    const beyond = marks.some(([first]) => first >= source.length);
    put(source.slice(at) + (beyond ? " " : "") + "\n", "", at);
    target.replaceChildren(out);
  }

  function editor(root) {
    const text = root.querySelector(".formula-text");
    const colours = root.querySelector(".formula-paint");
    const state = root.querySelector(".formula-state");
    const list = root.querySelector(".formula-errors");
    const result = root.querySelector(".formula-result");
    const form = text.form;
    let errors = [];
    let running;
    let waiting;

    const follow = () => {
      colours.scrollTop = text.scrollTop;
      colours.scrollLeft = text.scrollLeft;
    };
    const draw = () => {
      paint(colours, text.value, errors);
      follow();
    };

    function jump(error) {
      text.focus();
      text.setSelectionRange(units(text.value, error.start), units(text.value, error.end));
    }

    function report(answer) {
      errors = answer.errors;
      root.dataset.state = answer.ok ? "right" : "wrong";
      text.setAttribute("aria-invalid", String(!answer.ok));
      state.textContent = answer.ok ? root.dataset.wordsOk : "";
      list.replaceChildren(...errors.map((error) => {
        const item = document.createElement("li");
        const button = document.createElement("button");
        button.type = "button";
        button.className = "formula-jump";
        button.title = root.dataset.wordsJump;
        const place = document.createElement("bdi");
        place.dir = "ltr";
        place.textContent = `${error.line}:${error.column}`;
        const sentence = document.createElement("span");
        sentence.dir = "auto";
        sentence.textContent = error.message;
        button.append(place, sentence);
        button.addEventListener("click", () => jump(error));
        item.append(button);
        return item;
      }));
      draw();
    }

    async function send(url) {
      const body = new FormData(form);
      body.set("formula", text.value);
      const response = await fetch(url, {
        method: "POST",
        body,
        signal: running.signal,
        headers: { "X-CSRFToken": document.body.dataset.csrf, "X-Requested-With": "XMLHttpRequest" },
      });
      if (!response.ok) throw new Error(String(response.status));
      return response;
    }

    async function check() {
      running?.abort();
      running = new AbortController();
      try {
        if (text.value.trim()) report(await (await send(root.dataset.checkUrl)).json());
        else {
          errors = [];
          list.replaceChildren();
          state.textContent = "";
          root.dataset.state = "";
          text.removeAttribute("aria-invalid");
        }
        // The server escapes every value of this fragment.
        result.innerHTML = await (await send(root.dataset.previewUrl)).text();
      } catch (error) {
        if (error.name !== "AbortError") state.textContent = root.dataset.wordsLost;
      }
    }

    function later() {
      clearTimeout(waiting);
      waiting = setTimeout(check, 250);
    }

    function insert(piece) {
      if (text.readOnly) return;
      const before = text.value.slice(0, text.selectionStart);
      const space = before && !/[\s([,]$/.test(before) ? " " : "";
      text.focus();
      text.setRangeText(space + piece, text.selectionStart, text.selectionEnd, "end");
      text.dispatchEvent(new Event("input", { bubbles: true }));
    }

    text.addEventListener("input", () => {
      errors = [];
      draw();
      later();
    });
    text.addEventListener("change", () => {
      draw();
      later();
    });
    text.addEventListener("scroll", follow);
    root.addEventListener("click", (event) => {
      const source = event.target.closest("[data-insert]");
      if (source) insert(source.dataset.insert);
    });
    form.addEventListener("change", (event) => {
      if (event.target.matches("[data-kind]")) document.body.dispatchEvent(new Event("kind-changed"));
      if (event.target !== text) later();
    });
    form.addEventListener("submit", (event) => {
      if (form.hasAttribute("data-stay")) {
        event.preventDefault();
        check();
      }
    });
    document.body.addEventListener("htmx:afterSettle", (event) => {
      if (event.target.id === "formula-names") later();
    });
    root.addEventListener("formula:written", (event) => {
      text.value = event.detail;
      errors = [];
      draw();
      later();
    });
    draw();
    check();
  }

  document.addEventListener("DOMContentLoaded", () => document.querySelectorAll("[data-formula]").forEach(editor));
})();
