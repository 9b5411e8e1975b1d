"use strict";
// Keys and saving on the pages to label. The page goes on only when the server has the answer in its file, so an answer
// that is not kept stays on the screen. Without this script the buttons work as those of any form.
(() => {
  const form = document.querySelector("form.ask");
  const alert = document.getElementById("unsaved");
  let busy = false;

  function fail(text) {
    form.removeAttribute("aria-busy");
    alert.textContent = text;
    alert.scrollIntoView({ block: "nearest" });
    busy = false;
  }

  // send posts the form as a button would, and goes to the page that the answer names.
  async function send(button) {
    if (busy) return;
    busy = true;
    alert.textContent = "";
    form.setAttribute("aria-busy", "true");
    let answer;
    try {
      answer = await fetch(button.hasAttribute("formaction") ? button.formAction : form.action, {
        method: "POST", headers: { Accept: "application/json" }, body: new URLSearchParams(new FormData(form, button)),
      });
      const said = await answer.json();
      if (answer.ok) location.replace(said.next);
      else fail(said.error);
    } catch {
      fail(form.dataset.unsaved);
    }
  }

  form.addEventListener("submit", (e) => {
    e.preventDefault();
    if (e.submitter) send(e.submitter);
  });

  // Letters of a Korean keyboard count as those on the same keys.
  const korean = { "ㅛ": "y", "ㅜ": "n", "ㅕ": "u", "ㅊ": "c", "ㅌ": "x", "？": "?" };
  function keyOf(e) {
    if (/^[\x20-\x7e]$/.test(e.key)) return e.key.toLowerCase();
    return korean[e.key] ?? (/^Key[A-Z]$/.test(e.code) && e.key === "Process" ? e.code.slice(3).toLowerCase() : e.key);
  }

  document.addEventListener("keydown", (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey || e.repeat) return;
    const key = keyOf(e), field = e.target.closest?.("textarea, input");
    if (field && field.type !== "radio") {
      if (key === "Escape") field.blur();
      return;
    }
    const note = form.elements.note, button = form.querySelector(`[data-key="${CSS.escape(key)}"]`);
    if (key === "c" && note) {
      toNote = true;
    } else if (button) {
      e.preventDefault();
      if (button.type === "radio") { button.checked = true; button.focus(); } else form.requestSubmit(button);
    }
  });

  // The stroke that leads to the note ends before writing begins there.
  let toNote = false;
  document.addEventListener("keyup", () => {
    if (toNote) form.elements.note.focus();
    toNote = false;
  });

  // A page from the browser's memory may show a question that is answered by now.
  addEventListener("pageshow", (e) => { if (e.persisted) location.reload(); });
  document.documentElement.dataset.ready = "true";
})();
