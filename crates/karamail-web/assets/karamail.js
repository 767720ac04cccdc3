// What the screens do by themselves, told by attributes. No framework, no build step.
//
//   data-live="/status/live" data-version="…"   the part follows the program: it is replaced when there is another version
//   data-spoken                                 inside such a part: what screen readers are told when it changes
//   data-countdown="1700000000000"              seconds until then (Unix milliseconds); data-countdown-text="あと {n} 秒", data-countdown-over="…"
//   data-key="F12" | "Escape"                   the key clicks this button or link
//   form[data-ask-before-leaving]               asks before a link or Escape leaves changed fields behind
//   data-confirm="text"                         a button or form that asks first; data-confirm-yes="label of the button that does it"
//   data-reveal="id id …"                       a check box that shows the passwords in these fields
//   data-copy="id"                              copies the text (or value) of an element; data-copy-to="id" puts it into a field instead
//   data-print                                  prints the page
//   data-here                                   a hidden field that gets the address of this page
//   data-check-all="name"                       a check box that checks all others of that name
(() => {
  "use strict";
  const words = document.body.dataset;

  // ---- parts that follow the program ----
  const offline = document.getElementById("offline");
  const setOffline = (is) => {
    if (!offline || offline.hidden === !is) return;
    offline.textContent = is ? words.offline : "";
    offline.hidden = !is;
  };
  const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));
  const visible = () => document.visibilityState === "visible" ? Promise.resolve() : new Promise((done) => {
    document.addEventListener("visibilitychange", done, { once: true });
  });

  const follow = async (part) => {
    let wait = 500;
    while (part.isConnected) {
      await visible();
      const address = new URL(part.dataset.live, location.href);
      address.searchParams.set("version", part.dataset.version || "");
      const asked = Date.now();
      try {
        const answer = await fetch(address, { headers: { "HX-Request": "true" }, credentials: "same-origin" });
        if (!part.isConnected) return;
        if (answer.status === 401) { location.reload(); return; }
        // The demo began or ended elsewhere: all around the part is of the other side.
        const side = answer.headers.get("karamail-side");
        if (side && words.side && side !== words.side) { location.reload(); return; }
        if (!answer.ok) throw new Error(String(answer.status));
        setOffline(false);
        wait = 500;
        if (answer.status === 200) {
          const html = await answer.text();
          if (part.contains(document.activeElement)) await composing;
          replace(part, html);
          part.dataset.version = answer.headers.get("karamail-version") || "";
        } else if (Date.now() - asked < 1000) {
          // Nothing new, said at once: the program is ending.
          await pause(1000);
        }
      } catch {
        setOffline(true);
        await pause(wait);
        wait = Math.min(wait * 2, 5000);
      }
    }
  };

  // An input method's text that is not chosen yet is in nobody's field: a part waits until it is.
  let composing = null;
  document.addEventListener("compositionstart", () => {
    composing = new Promise((done) => {
      const over = () => { composing = null; done(); };
      for (const end of ["compositionend", "focusout"]) document.addEventListener(end, over, { once: true });
    });
  });

  // What names a field in the old markup and in the new.
  const nameOf = (field) => field.id || [field.form?.getAttribute("action"), field.name, /^(checkbox|radio)$/.test(field.type) ? field.value : ""].join(" ");
  const fieldsOf = (part) => [...part.querySelectorAll("input:not([type=hidden]), textarea, select")];
  // What a person did to a field since it came; null where it is as it came.
  const doneTo = (field) => {
    if (field.type === "checkbox" || field.type === "radio") return field.checked === field.defaultChecked ? null : { checked: field.checked };
    if (field.tagName === "SELECT") {
      const came = [...field.options].find((one) => one.defaultSelected) || field.options[0];
      const chosen = field.selectedOptions[0];
      return !chosen || chosen === came ? null : { chosen: chosen.value };
    }
    return field.value === field.defaultValue ? null : { value: field.value };
  };
  const redo = (field, done) => {
    if (done.checked !== undefined) field.checked = done.checked;
    else if (done.value !== undefined) field.value = done.value;
    else if ([...field.options].some((one) => one.value === done.chosen)) field.value = done.chosen;
  };

  // Puts new markup into a part; what has the focus keeps it, open details stay open, what is typed or ticked stays.
  const replace = (part, html) => {
    const active = part.contains(document.activeElement) ? document.activeElement : null;
    const focused = active && (fieldsOf(part).includes(active) ? nameOf(active) : active.id);
    // Fields such as of e-mail addresses tell no selection.
    const selection = active?.selectionStart === undefined || active.selectionStart === null ? null : [active.selectionStart, active.selectionEnd, active.selectionDirection];
    const open = [...part.querySelectorAll("details[open][id]")].map((one) => one.id);
    const done = new Map(fieldsOf(part).map((field) => [nameOf(field), doneTo(field)]).filter(([, what]) => what));
    const spoken = words_of(part);
    part.innerHTML = html;
    if (words_of(part) !== spoken) speak(words_of(part));
    for (const id of open) { const one = document.getElementById(id); if (one) one.open = true; }
    if (window.htmx) window.htmx.process(part);
    prepare(part);
    for (const field of fieldsOf(part)) { const what = done.get(nameOf(field)); if (what && !field.disabled) redo(field, what); }
    if (focused) {
      const one = document.getElementById(focused) || fieldsOf(part).find((field) => nameOf(field) === focused);
      one?.focus({ preventScroll: true });
      if (selection && one === document.activeElement && one.setSelectionRange) one.setSelectionRange(...selection);
    }
    // What had the focus may be gone with the part: Enter must still go on.
    if (document.activeElement === document.body) part.querySelector("[autofocus]")?.focus({ preventScroll: true });
    part.dispatchEvent(new CustomEvent("karamail:replaced", { bubbles: true }));
  };

  const words_of = (part) => [...part.querySelectorAll("[data-spoken]")].map((one) => one.textContent.trim()).join(" ");
  // A place of the page for a status; it stays, so that screen readers notice what changes in it.
  const place = (id, look) => {
    const known = document.getElementById(id);
    if (known) return known;
    const made = document.createElement("div");
    made.id = id;
    made.className = look;
    made.setAttribute("role", "status");
    document.body.append(made);
    return made;
  };
  const speak = (text) => { place("spoken", "hidden-word").textContent = text; };

  // ---- countdowns ----
  const countdowns = () => {
    for (const one of document.querySelectorAll("[data-countdown]")) {
      const seconds = Math.ceil((Number(one.dataset.countdown) - Date.now()) / 1000);
      const text = seconds > 0 ? (one.dataset.countdownText || "{n}").replace("{n}", String(seconds)) : (one.dataset.countdownOver || "");
      if (one.textContent !== text) one.textContent = text;
    }
  };
  setInterval(() => { if (document.visibilityState === "visible") countdowns(); }, 1000);

  // ---- a question before something is done ----
  const ask = (text, yes, no, isGrave) => new Promise((done) => {
    const dialog = document.createElement("dialog");
    const article = document.createElement("article");
    const title = document.createElement("h2");
    title.id = "question-title";
    title.textContent = words.confirmTitle;
    const question = document.createElement("p");
    question.className = "pre";
    question.id = "question-text";
    question.textContent = text;
    const row = document.createElement("footer");
    const button = (label, kind, answer) => {
      const one = document.createElement("button");
      one.type = "button";
      one.className = kind;
      one.textContent = label;
      one.addEventListener("click", () => { dialog.close(); done(answer); });
      row.append(one);
      return one;
    };
    const refuse = button(no, "secondary", false);
    button(yes, isGrave ? "grave" : "", true);
    dialog.setAttribute("aria-labelledby", "question-title");
    dialog.setAttribute("aria-describedby", "question-text");
    dialog.addEventListener("cancel", () => done(false));
    dialog.addEventListener("close", () => dialog.remove());
    article.append(title, question, row);
    dialog.append(article);
    document.body.append(dialog);
    dialog.showModal();
    refuse.focus();
  });
  const isAsking = () => document.querySelector("dialog[open]") !== null;

  document.addEventListener("click", async (event) => {
    const asked = event.target.closest("[data-confirm]");
    if (!asked || asked.tagName === "FORM" || asked.dataset.confirmed) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (asked.form && !asked.formNoValidate && !asked.form.reportValidity()) return;
    if (!(await ask(asked.dataset.confirm, asked.dataset.confirmYes || words.yes, asked.dataset.confirmNo || words.no, asked.classList.contains("grave")))) {
      asked.focus();
      return;
    }
    asked.dataset.confirmed = "yes";
    asked.click();
    delete asked.dataset.confirmed;
  }, true);

  // ---- fields that were changed ----
  const state = (form) => JSON.stringify([...new FormData(form)].map(([name, value]) => [name, String(value)]));
  const isChanged = (form) => form.dataset.before !== undefined && form.dataset.before !== state(form);
  const changedForm = () => [...document.querySelectorAll("form[data-ask-before-leaving]")].find((form) => form.dataset.changed === "yes" || isChanged(form));
  let isLeaving = false;
  document.addEventListener("submit", async (event) => {
    // Sent without leaving the page.
    if (event.defaultPrevented) return;
    const [form, button] = [event.target, event.submitter];
    // Another form, such as the language's, leaves this one behind.
    const lost = changedForm();
    if (lost && lost !== form && !isLeaving) {
      event.preventDefault();
      if (!(await ask(words.askBeforeLeaving, words.leave, words.stay, true))) { button?.focus(); return; }
      isLeaving = true;
      form.requestSubmit(button);
      return;
    }
    isLeaving = true;
    setTimeout(() => { isLeaving = false; }, 3000);
  });
  window.addEventListener("beforeunload", (event) => {
    if (!isLeaving && changedForm()) event.preventDefault();
  });
  document.addEventListener("click", async (event) => {
    const link = event.target.closest("a[href]");
    if (!link || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey || link.target || link.hasAttribute("download")) return;
    if (link.getAttribute("href").startsWith("#") || !changedForm()) return;
    event.preventDefault();
    if (await ask(words.askBeforeLeaving, words.leave, words.stay, true)) {
      isLeaving = true;
      location.href = link.href;
    } else {
      link.focus();
    }
  });

  // ---- keys ----
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.repeat || (event.key !== "F12" && event.key !== "Escape")) return;
    if (event.ctrlKey || event.altKey || event.metaKey || event.shiftKey || isAsking()) return;
    // The nearest to where the person is: the form's own key before the page's.
    const near = document.activeElement?.closest("form")?.querySelector(`[data-key="${event.key}"]`);
    const target = near || document.querySelector(`[data-key="${event.key}"]`);
    if (!target) return;
    event.preventDefault();
    target.click();
  });

  // ---- small helps ----
  document.addEventListener("change", (event) => {
    const box = event.target;
    if (box.dataset?.reveal !== undefined) {
      for (const id of box.dataset.reveal.split(" ")) {
        const field = document.getElementById(id);
        if (field) field.type = box.checked ? "text" : "password";
      }
    }
    if (box.dataset?.checkAll !== undefined) {
      for (const one of document.getElementsByName(box.dataset.checkAll)) if (!one.disabled) one.checked = box.checked;
    }
  });
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (button) {
      event.preventDefault();
      const from = document.getElementById(button.dataset.copy);
      const text = from ? (from.value ?? from.textContent) : "";
      const to = button.dataset.copyTo && document.getElementById(button.dataset.copyTo);
      if (to) {
        to.value = text;
        to.dispatchEvent(new Event("input", { bubbles: true }));
        to.dispatchEvent(new Event("change", { bubbles: true }));
        to.focus();
      } else {
        try {
          await navigator.clipboard.writeText(text.trim());
          say(words.copied);
        } catch {
          // No clipboard here: the text is marked, and Ctrl+C copies it.
          const range = document.createRange();
          if (from) { range.selectNodeContents(from); getSelection().removeAllRanges(); getSelection().addRange(range); }
        }
      }
    }
    if (event.target.closest("[data-print]")) {
      event.preventDefault();
      window.print();
    }
  });
  const say = (text) => {
    const said = place("said", "toast");
    said.textContent = text;
    clearTimeout(say.timer);
    say.timer = setTimeout(() => { said.textContent = ""; }, 3000);
  };

  // Where the person is may have changed since the page came (hx-replace-url).
  const here = (root) => {
    for (const field of root.querySelectorAll("input[data-here]")) field.value = location.pathname + location.search;
  };
  document.addEventListener("submit", (event) => here(event.target), true);

  const prepare = (root) => {
    for (const part of root.querySelectorAll("[data-live]")) {
      if (!part.dataset.following) {
        part.dataset.following = "yes";
        follow(part);
      }
    }
    for (const form of root.querySelectorAll("form[data-ask-before-leaving]")) {
      if (form.dataset.before === undefined) form.dataset.before = state(form);
    }
    here(root);
    countdowns();
  };
  prepare(document);
  document.addEventListener("htmx:afterSwap", (event) => prepare(event.target));
  const hasChanges = () => !isLeaving && changedForm() !== undefined;
  window.karamail = { ask, say, prepare, isAsking, hasChanges };
})();
