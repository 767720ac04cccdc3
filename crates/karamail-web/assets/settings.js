// What the settings screens do by themselves, told by attributes.
//
//   data-insert="text" data-into="id id"   puts the text at the cursor of the field that was used last, else of the first one
//   data-shows="id"                        a check box that shows and hides an element
(() => {
  "use strict";
  let last = null;
  document.addEventListener("focusin", (event) => {
    if (event.target.matches?.("textarea, input[type=text]")) last = event.target;
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-insert]");
    if (!button) return;
    const fields = button.dataset.into.split(" ").map((id) => document.getElementById(id)).filter(Boolean);
    const field = fields.includes(last) ? last : fields[0];
    if (!field) return;
    // A field where nobody has put the cursor yet: at its end.
    const [start, end] = field === last ? [field.selectionStart, field.selectionEnd] : [field.value.length, field.value.length];
    field.focus();
    field.setRangeText(button.dataset.insert, start, end, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
  const showOrHide = (box) => {
    const part = document.getElementById(box.dataset.shows);
    if (part) part.hidden = !box.checked;
  };
  document.addEventListener("change", (event) => { if (event.target.dataset?.shows) showOrHide(event.target); });
  for (const box of document.querySelectorAll("[data-shows]")) showOrHide(box);
})();
