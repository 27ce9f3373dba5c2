// Small comforts; every page and form works without them.
"use strict";

// choosing a file chooses the option above it
for (const input of document.querySelectorAll("input[data-picks]")) {
  input.addEventListener("change", () => {
    const option = document.querySelector(`input[name="${input.dataset.picks}"][value="upload"]`);
    if (input.files.length && option) option.checked = true;
  });
}

// a file that the service would refuse is not sent at all; a form that was sent is not dead
for (const form of document.querySelectorAll("form[data-busy]")) {
  form.addEventListener("submit", (event) => {
    const files = [...form.querySelectorAll("input[type=file]")].flatMap((i) => [...i.files]);
    const most = Number(form.dataset.most || Infinity);
    const warning = form.querySelector("#too-big");
    if (files.reduce((sum, file) => sum + file.size, 0) > most * 2 ** 20) {
      event.preventDefault();
      warning.textContent = `文件合计超过 ${most} MB，没有上传。请只保留需要的工作表和栏目。`;
      warning.hidden = false;
      return;
    }
    const button = form.querySelector("button[type=submit]");
    button.dataset.words = button.textContent;
    button.textContent = form.dataset.busy;
    // after this event, or the form would not be sent
    setTimeout(() => { button.disabled = true; });
  });
}

// who comes back with the browser's arrow finds the buttons as they were
window.addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll("button[data-words]")) {
    button.textContent = button.dataset.words;
    button.disabled = false;
  }
});

// a long work: ask how far it is, and show the page anew when it is done
const working = document.querySelector("[data-progress]");
if (working) {
  const bar = working.querySelector("progress");
  const words = working.querySelector("[data-progress-words]");
  const ask = async () => {
    try {
      const answer = await fetch(working.dataset.progress, { cache: "no-store" });
      const state = await answer.json();
      if (!state.running) return location.reload();
      words.textContent = state.words + (state.share === null ? "" : `，完成 ${state.share}%`);
      if (state.share === null) bar.removeAttribute("value");
      else bar.value = state.share;
    } catch {
      words.textContent = "暂时连不上服务，正在重试；计算没有停。";
    }
    setTimeout(ask, 700);
  };
  setTimeout(ask, 300);
}

// a filter that is ticked beside the list takes effect at once; on a phone several are chosen first
for (const form of document.querySelectorAll("form[data-eager]")) {
  for (const field of form.elements) {
    if (field.type !== "checkbox") continue;
    field.addEventListener("change", () => {
      if (matchMedia("(min-width: 1181px)").matches) form.requestSubmit();
    });
  }
}

// one tick for all rows of the page
for (const all of document.querySelectorAll("input[data-picks-all]")) {
  all.addEventListener("change", () => {
    for (const one of document.querySelectorAll(`input[name="${all.dataset.picksAll}"]`)) {
      one.checked = all.checked;
    }
  });
}

// searching the drawn list
for (const input of document.querySelectorAll("input[data-filters]")) {
  const rows = [...document.querySelectorAll(`#${input.dataset.filters} tr[data-text]`)];
  const count = document.querySelector("[data-filter-count]");
  input.closest("[hidden]").hidden = false;
  input.addEventListener("input", () => {
    const wanted = input.value.trim().toUpperCase();
    let shown = 0;
    for (const row of rows) {
      row.hidden = !row.dataset.text.toUpperCase().includes(wanted);
      shown += !row.hidden;
    }
    for (const body of document.querySelectorAll(`#${input.dataset.filters} tbody`)) {
      body.hidden = !body.querySelector("tr[data-text]:not([hidden])");
    }
    count.textContent = wanted ? (shown ? `找到 ${shown} 家` : "没有找到，请换个写法") : "";
  });
}
