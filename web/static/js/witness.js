// The value of a witness is made here, on his own device; only its hash leaves it before the reveal.
"use strict";

const own = document.querySelector("[data-witness]");
if (own) {
  const place = `spotcheck/witness/${own.dataset.witness}`;
  const name = own.dataset.name;
  const kept = () => {
    try { return localStorage.getItem(place) || ""; } catch { return ""; }
  };
  const keep = (value) => {
    try { localStorage.setItem(place, value); return true; } catch { return false; }
  };
  const random = () => {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return Array.from(bytes, (one) => one.toString(16).padStart(2, "0")).join("");
  };
  const show = (value) => {
    for (const at of document.querySelectorAll("[data-own-value]")) at.textContent = value;
    for (const at of document.querySelectorAll("[data-if-kept]")) at.hidden = !value;
  };

  // sealing: the value is made, shown and kept; the form takes its hash alone
  const make = document.querySelector("[data-make]");
  if (make) {
    const form = document.querySelector("[data-seal]");
    make.hidden = false;
    for (const at of document.querySelectorAll("[data-no-script]")) at.hidden = true;
    make.addEventListener("click", () => {
      const value = kept() || random();
      const safe = keep(value);
      show(value);
      form.elements.promise.value = DrawSums.hex(
        DrawSums.H("spotcheck/promise/1", name, value),
      );
      for (const at of document.querySelectorAll("[data-made]")) at.hidden = false;
      for (const at of document.querySelectorAll("[data-not-kept]")) at.hidden = safe;
      make.hidden = true;
    });
  }

  // revealing: what this device has kept is filled in
  const field = document.querySelector("[data-reveal] input[name=value]");
  if (field && !field.value) field.value = kept();
  show(kept());
  document.addEventListener("fresh", () => show(kept()));
}
