// Pages of a draw look for news by themselves; without this file they reload as a whole.
"use strict";

const two = (figure) => String(figure).padStart(2, "0");

// a countdown goes on between two looks
setInterval(() => {
  for (const clock of document.querySelectorAll("[data-left]")) {
    const left = Math.max(0, Number(clock.dataset.left) - 1);
    clock.dataset.left = left;
    clock.textContent = `${Math.floor(left / 60)}:${two(left % 60)}`;
  }
}, 1000);

const fresh = document.querySelector("[data-fresh]");
if (fresh) {
  const place = fresh.id ? `#${fresh.id}` : "[data-fresh]";
  let before = document.querySelector(place).innerHTML;

  const busy = () => {
    const at = document.activeElement;
    return at && at.matches("input, textarea, select") || document.querySelector(`${place} details[open]`);
  };

  const look = async () => {
    try {
      if (!busy()) {
        const answer = await fetch(location.href, { cache: "no-store" });
        if (answer.status === 401) return location.reload();
        if (!answer.ok) throw new Error(answer.status);
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const found = page.querySelector(place);
        // another page by now: a step was taken
        if (!found) return location.reload();
        const text = found.innerHTML;
        if (text !== before) {
          document.querySelector(place).replaceChildren(...found.childNodes);
          document.dispatchEvent(new Event("fresh"));
        }
        before = text;
      }
      for (const away of document.querySelectorAll("[data-away]")) away.hidden = true;
    } catch {
      for (const away of document.querySelectorAll("[data-away]")) away.hidden = false;
    }
    setTimeout(look, 1000 * Number(fresh.dataset.fresh));
  };
  setTimeout(look, 1000 * Number(fresh.dataset.fresh));
}
