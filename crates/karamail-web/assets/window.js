// What a browser brings along and a bare webview does not: files that are saved, keys, a question before the window is closed over
// something. Only pages in the program's own window have this script; the window asks karamailWindow.mayClose when × is pressed.
//
//   a[download], form[data-download]   its answer is saved by the program, which says where
(() => {
  "use strict";
  const form = document.getElementById("window");
  const words = form.dataset;
  const { ask, isAsking, hasChanges } = window.karamail;
  const tell = (what, fields) => fetch(`/window/${what}`, { method: "POST", body: new URLSearchParams(fields) }).catch(() => {});

  // ---- files ----
  let told = null;
  const say = (html, isBad) => {
    told?.remove();
    told = document.createElement("aside");
    told.className = isBad ? "file-told bad" : "file-told";
    told.id = "file-told";
    const text = document.createElement("div");
    text.setAttribute("role", "status");
    text.innerHTML = html;
    const dismiss = document.createElement("button");
    dismiss.type = "button";
    dismiss.className = "dismiss";
    dismiss.textContent = "×";
    dismiss.setAttribute("aria-label", words.dismiss);
    dismiss.title = words.dismiss;
    dismiss.addEventListener("click", () => { told?.remove(); told = null; });
    told.append(text, dismiss);
    document.body.append(told);
    if (window.htmx) window.htmx.process(told);
  };
  const plain = (text) => {
    const one = document.createElement("p");
    one.textContent = text;
    return one.outerHTML;
  };
  let isSaving = false;
  const save = async (address, options) => {
    if (isSaving) return;
    isSaving = true;
    say(plain(words.saving), false);
    try {
      const answer = await fetch(address, { ...options, headers: { "HX-Request": "true" } });
      say(await answer.text(), !answer.ok);
    } catch {
      say(plain(document.body.dataset.offline), true);
    } finally {
      isSaving = false;
    }
  };
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[download]");
    if (!link || event.defaultPrevented) return;
    event.preventDefault();
    save(link.href, {});
  });
  document.addEventListener("submit", (event) => {
    const sent = event.target;
    if (!sent.matches("[data-download]") || event.defaultPrevented) return;
    event.preventDefault();
    save(sent.action, { method: sent.method, body: new URLSearchParams(new FormData(sent, event.submitter)) });
  });

  // ---- closing ----
  let isClosing = false;
  const close = () => tell("close", { sure: "yes" });
  // "yes", or "asking": then the page closes the window when the person says so. Who presses × over the question means it.
  const mayClose = (isFirst) => {
    if (isClosing || isAsking()) return "yes";
    const isUnsaved = hasChanges();
    if (!isUnsaved && !isFirst) return "yes";
    isClosing = true;
    const asked = async () => {
      if (isUnsaved && !(await ask(words.closeUnsaved, words.closeAllTheSame, words.keepOpen, true))) return;
      if (isFirst) {
        tell("told", {});
        if (!(await ask(words.firstClose, words.close, words.keepOpen, false))) return;
      }
      close();
    };
    asked().finally(() => { isClosing = false; });
    return "asking";
  };
  window.karamailWindow = { mayClose };
  // As ×; before the page's own question about changes.
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    event.stopPropagation();
    tell("close", {});
  });

  // ---- keys ----
  const zoom = (by) => tell("zoom", { by });
  const command = (event) => {
    const isControl = (event.ctrlKey || event.metaKey) && !event.altKey;
    if (isControl && ["+", "=", ";"].includes(event.key)) return () => zoom("in");
    if (isControl && event.key === "-") return () => zoom("out");
    if (isControl && event.key === "0") return () => zoom("reset");
    if (isControl && event.key === "p") return () => window.print();
    if (isControl && event.key === "w") return () => tell("close", {});
    if (event.key === "F5" || (isControl && event.key === "r")) return () => location.reload();
    if (event.altKey && event.key === "ArrowLeft") return () => history.back();
    if (event.altKey && event.key === "ArrowRight") return () => history.forward();
    return null;
  };
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.defaultPrevented) return;
    const act = command(event);
    if (!act) return;
    event.preventDefault();
    if (!event.repeat && !isAsking()) act();
  });
  document.addEventListener("wheel", (event) => {
    if (!event.ctrlKey) return;
    event.preventDefault();
    if (event.deltaY !== 0) zoom(event.deltaY < 0 ? "in" : "out");
  }, { passive: false });
})();
