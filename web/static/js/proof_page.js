// Repeat an inclusion proof on the visitor's own machine.
"use strict";

{
  const box = document.querySelector("[data-proof]");
  if (box) {
    const line = document.querySelector("[data-line]");
    const leaf = document.querySelector("[data-leaf]");
    const steps = [...document.querySelectorAll("[data-path] li")];
    const path = steps.map((step) => [step.dataset.side, step.dataset.other]);
    // a line that would name who is certain stays away until the list opens; its digest does not
    const found = line ? DrawSums.rootFromProof(line.textContent, path) : DrawSums.rootFromLeaf(leaf.textContent, path);
    const what = line ? "这一行" : "这一行的摘要";
    const good = found === box.dataset.expected;
    box.hidden = false;
    box.className = good ? "res ok" : "res bad";
    box.querySelector(`[data-mark=${good ? "ok" : "bad"}]`).hidden = false;
    box.querySelector("[data-verdict]").textContent = good ? `在册：${what}在公布的底册之中` : `对不上：${what}不能证明在底册之中`;
    box.querySelector("[data-summary]").textContent = `您的设备重算了 ${steps.length + (line ? 1 : 0)} 个摘要，${good ? "与公布的根摘要一致" : "得到的是 " + found}`;
  }
}
