// The form of a mailbox: finding its settings by its address, ports and encryption that go together, one login or two.
//
//   form[data-mailbox="mailbox-1-"]    the beginning of its fields' ids
//   [data-find]                        looks for the settings (#found gets the answer)
//   [data-proposals] [data-field]      what was found, for the fields of these ids
//   [data-port-of]                     the port with this id, and what is known about ports
//   [data-copy-account]                the receiving login becomes the sending one
(() => {
  "use strict";
  const form = document.querySelector("form[data-mailbox]");
  if (!form) return;
  const field = (rest) => document.getElementById(form.dataset.mailbox + rest);
  const changed = (one) => {
    one.dispatchEvent(new Event("input", { bubbles: true }));
    one.dispatchEvent(new Event("change", { bubbles: true }));
  };

  // ---- what belongs together is shown together ----
  const mode = () => form.querySelector("input[name=mode]:checked")?.value || "secure";
  const setMode = (value) => {
    const radio = form.querySelector(`input[name=mode][value=${value}]`);
    if (radio) radio.checked = true;
  };
  const same = form.querySelector("input[name=same]");
  const showLogin = () => {
    const needs = mode() === "secure" || mode() === "plain";
    document.getElementById("smtp-login").hidden = !needs;
    document.getElementById("smtp-own").hidden = same.checked;
    const warning = document.getElementById("plain-warning");
    warning.textContent = mode() === "plain" ? warning.dataset.text : "";
  };
  const days = field("keep_days");
  const showDays = () => {
    const keep = form.querySelector("input[name$='.keep']:checked");
    if (days && keep) days.closest(".field").hidden = keep.value !== "days" && !days.hasAttribute("aria-invalid");
  };

  // ---- ports and encryption ----
  const ports = [...form.querySelectorAll("[data-port-of]")].map((box) => ({
    box,
    port: document.getElementById(box.dataset.portOf),
    security: document.getElementById(box.dataset.security),
    usual: Object.fromEntries(box.dataset.usual.split(" ").map((pair) => pair.split(":"))),
    known: Object.fromEntries([...box.querySelectorAll("template")].map((one) => [one.dataset.port, one.dataset])),
    warning: box.querySelector(".field-warning"),
  }));
  // Password without encryption goes to 587; 25 is for servers among themselves.
  const usualOf = ({ usual, known }, security) => security === "none" && "587" in known && mode() === "plain" ? "587" : usual[security || "tls"];
  const digits = (text) => text.normalize("NFKC").trim();
  const warn = (it) => {
    const { port, security, known, warning } = it;
    const one = known[digits(port.value)];
    const fits = !one || !security.value || (security.value === "tls") === (one.is === "tls");
    const text = !one ? "" : fits ? one.always : one.told;
    if (warning.textContent !== text) warning.textContent = text;
    port.placeholder = usualOf(it, security.value);
  };
  for (const one of ports) {
    one.isByHand = digits(one.port.value) !== "" && !Object.values(one.usual).includes(digits(one.port.value));
    one.port.addEventListener("input", (event) => { if (event.isTrusted) one.isByHand = digits(one.port.value) !== ""; warn(one); });
    one.security.addEventListener("change", () => {
      // The usual port goes along, unless another was typed.
      if (!one.isByHand) one.port.value = one.security.value ? usualOf(one, one.security.value) : "";
      warn(one);
    });
    warn(one);
  }
  const security = field("smtp-security");
  security.addEventListener("change", () => {
    if (security.value === "none" && mode() === "secure") setMode("plain");
    if (security.value !== "none" && mode() === "plain") setMode("secure");
    showLogin();
  });
  form.addEventListener("change", (event) => {
    if (event.target.name === "mode") {
      if (mode() === "plain" && security.value !== "none") { security.value = "none"; changed(security); }
      if (mode() === "secure" && security.value === "none") { security.value = "tls"; changed(security); }
      if (mode() !== "secure") changed(security);
    }
    showLogin();
    showDays();
  });

  // ---- the same login ----
  form.querySelector("[data-copy-account]").addEventListener("click", () => {
    const user = field("smtp-user");
    user.value = field("pop3-user").value.replace(/^recent:/, "");
    const password = document.getElementById("password-pop3").value;
    if (password) document.getElementById("password-smtp").value = password;
    changed(user);
    user.focus();
  });

  // ---- finding the settings ----
  const found = document.getElementById("found");
  const finding = document.getElementById("finding");
  let turn = 0;
  const find = async (button) => {
    const mine = ++turn;
    const address = field("address");
    const body = new URLSearchParams({ [address.name]: address.value });
    const server = document.getElementById("find-server");
    if (server) body.set("server", server.value);
    if (button?.name) body.set(button.name, button.value);
    const buttons = [...form.querySelectorAll("[data-find]")];
    for (const one of buttons) one.disabled = true;
    finding.textContent = finding.dataset.text;
    finding.hidden = false;
    found.textContent = "";
    try {
      const answer = await fetch("/settings/mail/find", { method: "POST", body, headers: { "HX-Request": "true" }, credentials: "same-origin" });
      const html = await answer.text();
      if (mine !== turn) return;
      found.innerHTML = html;
      propose();
    } catch {
      if (mine === turn) found.textContent = document.body.dataset.offline;
    } finally {
      if (mine === turn) {
        finding.hidden = true;
        finding.textContent = "";
        for (const one of form.querySelectorAll("[data-find]")) one.disabled = false;
      }
    }
  };
  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-find]");
    if (button) find(button);
  });
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    if (event.target.id === "find-server") { event.preventDefault(); find(); }
  });

  // Empty fields, and those that were filled before, get what was found; others are asked about.
  const filledBefore = new Map();
  const shown = (one, value) => [...(one.options || [])].find((option) => option.value === value)?.textContent || value;
  const fill = (one, value) => {
    one.value = value;
    filledBefore.set(one, value);
    one.classList.add("filled");
    changed(one);
  };
  const propose = () => {
    const list = found.querySelector("[data-proposals]");
    if (!list) return;
    const all = [...list.querySelectorAll("[data-field]")].map((one) => ({ one, field: field(one.dataset.field), value: one.dataset.value, label: one.dataset.label })).filter((one) => one.field);
    const differing = [];
    let filled = 0;
    for (const one of all) {
      if (one.field.value === one.value) continue;
      const isFree = one.field.value.trim() === "" || filledBefore.get(one.field) === one.field.value;
      if (isFree) { fill(one.field, one.value); filled += 1; } else differing.push(one);
    }
    // A port that was proposed by the choice of encryption before it gives way too.
    for (const one of all.filter((one) => one.field.value !== one.value && !differing.includes(one))) fill(one.field, one.value);
    const say = document.createElement("p");
    say.textContent = filled ? list.dataset.filled : differing.length ? "" : list.dataset.already;
    if (say.textContent) list.after(say);
    if (!differing.length) return;
    const box = document.createElement("div");
    box.className = "differs";
    const head = document.createElement("p");
    head.textContent = list.dataset.differs;
    const lines = document.createElement("ul");
    for (const { field: one, value, label } of differing) {
      const line = document.createElement("li");
      line.textContent = `${label}: ${shown(one, one.value)} → ${shown(one, value)}`;
      lines.append(line);
    }
    const replace = document.createElement("button");
    replace.type = "button";
    replace.className = "secondary";
    replace.textContent = list.dataset.replace;
    replace.addEventListener("click", () => {
      for (const one of differing) fill(one.field, one.value);
      for (const one of differing.filter((one) => one.field.value !== one.value)) fill(one.field, one.value);
      box.replaceWith(Object.assign(document.createElement("p"), { textContent: list.dataset.filled }));
      (field("pop3-host") || replace).focus();
    });
    box.append(head, lines, replace);
    (say.textContent ? say : list).after(box);
  };

  // ---- a password that was removed ----
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.target.id !== "password-state" || !event.target.querySelector("[data-cleared]")) return;
    for (const id of ["password-pop3", "password-smtp"]) {
      const one = document.getElementById(id);
      if (one) one.placeholder = "";
    }
  });

  showLogin();
  showDays();
})();
