// The visitor's own check of a draw: files in, one line for each check out. Nothing is sent.
"use strict";

{
  const box = document.querySelector("[data-check]"), result = document.querySelector("[data-result]");
  const told = box.querySelector("[data-told]"), list = result.querySelector("[data-list]");
  const verdict = result.querySelector("[data-verdict]"), summary = result.querySelector("[data-summary]");
  const frame = result.querySelector(".res");
  const MARKS = { ok: "M7.5 12.4l3.1 3.1 6-6.6", bad: "M8 8l8 8M16 8l-8 8", open: "M12 7v6M12 15.5v1.8" };
  const svg = "http://www.w3.org/2000/svg";

  function make(name, text = "", attributes = {}) {
    const element = document.createElement(name);
    element.textContent = text;
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    return element;
  }
  function mark(kind) {
    const picture = document.createElementNS(svg, "svg");
    for (const [key, value] of Object.entries({ width: 24, height: 24, viewBox: "0 0 24 24", fill: "none", stroke: "currentColor", "stroke-width": 2.2, "aria-hidden": "true" })) picture.setAttribute(key, value);
    const path = document.createElementNS(svg, "path");
    path.setAttribute("d", `M12 2.5a9.5 9.5 0 1 0 .01 0z${MARKS[kind]}`);
    picture.append(path);
    return picture;
  }
  function line({ title, meaning, faults, found }) {
    const kind = faults === null ? "open" : faults.length ? "bad" : "ok";
    const item = make("li", "", { class: { ok: "", bad: "no", open: "open" }[kind] });
    const words = make("div", kind === "bad" ? `${title}：不成立` : title);
    words.append(make("small", meaning));
    if (found) words.append(make("small", `算得：${found}`, { class: "hash" }));
    if (kind === "bad") {
      const why = make("ul", "", { class: "why" });
      for (const fault of faults) why.append(make("li", fault));
      words.append(why);
    }
    item.append(mark(kind), words, make("span", { ok: "一致", bad: "不一致", open: "没有核对" }[kind], { class: "v" }));
    list.append(item);
    return kind;
  }

  async function read(source, words) {
    if (source instanceof File) return source.arrayBuffer();
    told.textContent = `正在取${words}…`;
    const answer = await fetch(source);
    if (!answer.ok) throw new Error(words);
    return answer.arrayBuffer();
  }

  async function check(first, lines, isOpen) {
    for (const button of box.querySelectorAll("button")) button.disabled = true;
    list.replaceChildren();
    result.hidden = false;
    frame.className = "res";
    verdict.textContent = "正在核对";
    summary.textContent = "";
    try {
      const data = { frame: await read(lines, "公开名单"), published: box.dataset.published };
      data[isOpen ? "certificate" : "commitment"] = await read(first, isOpen ? "抽取证书" : "承诺");
      await work(data);
    } catch {
      verdict.textContent = "文件没有取到";
      told.textContent = "文件没有取到，请检查网络后再试，或者先下载文件再核对。";
    }
    for (const button of box.querySelectorAll("button")) button.disabled = false;
  }

  function work(data) {
    told.textContent = "正在您的设备上计算…";
    const worker = new Worker(box.dataset.worker), began = performance.now();
    const kinds = [];
    return new Promise((resolve, reject) => {
      worker.onerror = reject;
      worker.onmessage = ({ data: said }) => {
        if (said.kind === "check") return kinds.push(line(said));
        worker.terminate();
        const good = !kinds.includes("bad"), whole = good && !kinds.includes("open");
        const seconds = ((performance.now() - began) / 1000).toFixed(1);
        frame.className = good ? "res ok" : "res bad";
        frame.querySelector(".h svg").replaceWith(mark(good ? "ok" : "bad"));
        verdict.textContent = !good ? "有不一致：这些文件不能证明结果"
          : said.sealed ? "已公布的部分全部一致；名单公开后再核对抽取"
          : whole ? "全部一致：结果就是按公布的办法抽出来的" : "核对过的都一致；有的项目本页不能核对";
        summary.textContent = `您的设备用了 ${seconds} 秒，核对 ${kinds.filter((kind) => kind !== "open").length} 项`;
        told.textContent = `${verdict.textContent}。`;
        result.dataset.seconds = seconds;
        resolve();
      };
      worker.postMessage(data, Object.values(data).filter((one) => one instanceof ArrayBuffer));
    });
  }

  box.querySelector("[data-live]").hidden = false;
  const isOpen = "certificate" in box.dataset;
  const first = isOpen ? box.dataset.certificate : box.dataset.commitment;
  box.querySelector("[data-start]").addEventListener("click", () => check(first, box.dataset.frame, isOpen));
  box.querySelector("[data-own]").addEventListener("click", () => {
    const [one, two] = ["#own-first", "#own-frame"].map((id) => box.querySelector(id).files[0]);
    if (one && two) check(one, two, isOpen);
    else told.textContent = "请先选择两个文件。";
  });
}
