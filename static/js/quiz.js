// Keeps each answer of a quiz when it is given. Without this script the form sends them all when it is handed in.
(function () {
  "use strict";
  const form = document.querySelector("[data-quiz]");
  if (!form) return;
  const waiting = new Map();
  let sending = false;

  function say(field, text) {
    field.querySelector(".quiz-kept").textContent = text;
  }

  function body(field) {
    const data = new URLSearchParams({ question: field.dataset.question });
    field.querySelectorAll("input:checked").forEach((input) => data.append("option", input.value));
    return data;
  }

  // One after the other, the last state of each question: an older answer cannot overtake a newer one.
  async function send() {
    if (sending) return;
    sending = true;
    while (waiting.size) {
      const [id, field] = waiting.entries().next().value;
      waiting.delete(id);
      let kept = false;
      try {
        const answer = await fetch(form.dataset.quiz, {
          method: "POST",
          body: body(field),
          headers: { "X-CSRFToken": form.elements.csrfmiddlewaretoken.value },
        });
        kept = answer.ok;
      } catch {
        kept = false;
      }
      say(field, kept ? form.dataset.quizKept : form.dataset.quizLost);
    }
    sending = false;
  }

  form.addEventListener("change", (event) => {
    const field = event.target.closest("[data-question]");
    if (!field) return;
    field.classList.remove("is-open");
    waiting.set(field.dataset.question, field);
    send();
  });
})();
