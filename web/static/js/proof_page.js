// Repeat an inclusion proof on the visitor's own machine.
"use strict";

{
  const box = document.querySelector("[data-proof]");
  if (box) {
    const line = document.querySelector("[data-line]").textContent;
    const steps = [...document.querySelectorAll("[data-path] li")];
    const found = DrawSums.rootFromProof(line, steps.map((step) => [step.dataset.side, step.dataset.other]));
    const good = found === box.dataset.expected;
    box.hidden = false;
    box.className = good ? "res ok" : "res bad";
    box.querySelector("[data-verdict]").textContent = good ? "在册：这一行在公布的底册之中" : "对不上：这一行不能证明在底册之中";
    box.querySelector("[data-summary]").textContent = `您的设备重算了 ${steps.length + 1} 个摘要，${good ? "与公布的根摘要一致" : "得到的是 " + found}`;
  }
}
