// A worker that repeats a draw from its public files and tells each check as it is done.
"use strict";

importScripts("draw_sums.js");
const { H, canonical, coin, counter, digest, hex, leaf, root, rounded, sha256 } = DrawSums;

const number = (value) => value.toLocaleString("zh-CN");
const ordered = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
const decode = (bytes) => new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);

// by code points: UTF-16 units, which `<` compares, put rare characters elsewhere
function byPoints(a, b) {
  const left = [...a], right = [...b], least = Math.min(left.length, right.length);
  for (let i = 0; i < least; i++) {
    if (left[i] !== right[i]) return left[i].codePointAt(0) - right[i].codePointAt(0);
  }
  return left.length - right.length;
}

function linesOf(bytes) {
  const lines = [];
  for (let start = 0; start < bytes.length; ) {
    const end = bytes.indexOf(10, start);
    lines.push(bytes.subarray(start, end < 0 ? bytes.length : end));
    start = end < 0 ? bytes.length : end + 1;
  }
  return lines;
}

class Draw {
  constructor({ certificate, commitment, frame, published }) {
    this.bytes = certificate && new Uint8Array(certificate);
    this.certificate = certificate && JSON.parse(decode(this.bytes));
    this.sealed = !certificate;
    this.given = this.sealed ? new Uint8Array(commitment) : null;
    this.commitment = this.sealed ? JSON.parse(decode(this.given)) : this.certificate.commitment;
    this.published = published;
    this.plan = this.commitment.plan;
    this.chances = this.commitment.chances;
    this.types = new Map(this.commitment.types.map((t) => [t.number, t]));
    this.lines = linesOf(new Uint8Array(frame));
    this.fair = ["cuts", "panels"].includes(this.chances.path);
    const fills = this.plan.fields.length && (this.fair || this.chances.path === "sequential");
    this.places = fills ? this.plan.fields : [["全部", this.plan.n]];
    this.queues = new Map();
  }

  // -- before the draw -------------------------------------------------------------------------

  *text() {
    const { whole_digest: whole, ...rest } = this.certificate;
    const faults = Object.keys(rest.parts).filter((key) => digest(rest[key]) !== rest.parts[key]);
    if (digest(rest) !== whole || hex(sha256(this.bytes)) !== digest(this.certificate)) {
      faults.push("格式或总摘要");
    }
    yield ["证书文字没有改过", `${Object.keys(rest.parts).length} 个部分逐一重算摘要`,
      faults.map((key) => `改动在：${key}`)];
  }

  *promised() {
    const found = digest(this.commitment), faults = [];
    if (this.sealed && hex(sha256(this.given)) !== found) faults.push("承诺文件的格式不规范");
    if (!this.sealed && this.certificate.commitment_digest !== found) faults.push("与证书所写的承诺摘要不符");
    if (this.published && found !== this.published) faults.push("与本站公布的承诺摘要不符");
    yield ["名单、计划和机会在抽取前已经定下",
      this.published ? "承诺摘要与公布的一致；请再与您在抽取前记下的比一比" : "请将重算出的承诺摘要与您在抽取前记下的比一比",
      faults, found];
  }

  *frame() {
    const faults = [], rows = this.lines.map((line) => JSON.parse(decode(line)));
    if (root(this.lines.map(leaf)) !== this.commitment.frame.root) faults.push("名单的根摘要与承诺不符");
    this.units = new Map([...this.types.keys()].map((k) => [k, []]));
    let before = null;
    for (const row of rows) {
      const unit = row.public.unit_id;
      if (before !== null && byPoints(before, unit) >= 0) faults.push(`${unit} 重复或者次序不对`);
      this.units.get(Number(row.type)).push(unit);
      before = unit;
    }
    for (const [k, units] of this.units) {
      if (units.length !== this.types.get(k).units) faults.push(`第 ${k} 类的家数与承诺不符`);
    }
    yield ["名单没有改过", `${number(rows.length)} 家逐行重算摘要，合成的根摘要与承诺一致`, faults.slice(0, 5)];
  }

  // -- the seed --------------------------------------------------------------------------------

  *values() {
    const given = this.certificate.contributions, faults = [];
    const value = new Map(given.map((one) => [one.source, one]));
    const machine = this.commitment.machine;
    if (machine !== null && hex(H("spotcheck/machine/1", given[0].value)) !== machine) {
      faults.push("系统一份与事先公布的摘要不符");
    }
    const sources = this.commitment.ceremony ? this.commitment.ceremony.sources : [];
    let kept = 0, silent = 0;
    for (const { name, kind, promise } of sources.filter((source) => source.kind === "witness")) {
      const one = value.get(name);
      if (!one || one.value === "") silent++;
      else if (hex(H("spotcheck/promise/1", name, one.value)) !== promise) faults.push(`“${name}”的数与事先封存的不符`);
      else kept++;
    }
    const missing = silent ? `；${silent} 位没有揭示，按空值计入` : "";
    yield ["封存的数没有换过", `系统一份和 ${kept} 位见证人的数，都与事先封存的摘要一致${missing}`, faults];
  }

  *seed() {
    const given = this.certificate.contributions, faults = [];
    const names = [...(this.commitment.rehearsal ? [] : ["machine"]), ...this.commitment.sources];
    if (given.map((one) => one.source).join("\n") !== names.join("\n")) faults.push("来源或者次序与承诺不符");
    const pairs = given.flatMap((one) => [one.source, one.value]);
    const found = hex(H("spotcheck/seed/1", digest(this.commitment), ...pairs));
    if (found !== this.certificate.seed) faults.push("种子不是由承诺和各来源的值算出的");
    yield ["种子算得对", `由承诺摘要和 ${given.length} 份来源重新算出`, faults, found];
  }

  // -- the draw --------------------------------------------------------------------------------

  queue(k) {
    if (!this.queues.has(k)) {
      const seed = this.certificate.seed;
      const made = this.units.get(k).map((u) => [hex(H("spotcheck/ticket/1", seed, "draw", u)), u, k]);
      this.queues.set(k, made.sort((a, b) => ordered(a[0], b[0])));
    }
    return this.queues.get(k);
  }

  table(panel) {
    const counts = panel && new Map(panel.map(([g, f, k]) => [`${g} ${f}`, BigInt(k)]));
    const cells = new Map();
    for (const [t, f, v] of this.chances.cells) {
      const times = counts ? counts.get(`${this.types.get(t).group} ${f}`) || 0n : 1n;
      cells.set(`${t} ${f}`, [t, f, BigInt(v) * times]);
    }
    return [...cells.values()].filter((cell) => cell[2]).sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  }

  drawn() {
    const { seed } = this.certificate, weights = (this.chances.weights || [1]).map(BigInt);
    const panels = this.chances.panels || [null], total = weights.reduce((a, b) => a + b);
    let left = coin(seed, "panel", counter(), total), pick = 0;
    while (left >= weights[pick]) left -= weights[pick++];
    const cells = this.table(panels[pick]), parents = this.chances.pools.map((pool) => pool.parent);
    const row = new Map(), into = new Map(), add = (sums, key, v) => sums.set(key, (sums.get(key) || 0n) + v);
    for (const [t, , v] of cells) { add(row, t, v); add(into, this.types.get(t).group, v); }
    for (let v = parents.length - 1; v > 0; v--) add(into, parents[v], into.get(v) || 0n);
    const arcs = [], group = (t) => this.types.get(t).group;
    for (let v = 1; v < parents.length; v++) arcs.push([`pool ${parents[v]}`, `pool ${v}`, into.get(v) || 0n]);
    for (const t of [...row.keys()].sort((a, b) => a - b)) arcs.push([`pool ${group(t)}`, `type ${t}`, row.get(t)]);
    for (const [t, f, v] of cells) arcs.push([`type ${t}`, parents.length ? `place ${f}` : `place ${f} ${group(t)}`, v]);
    const whole = rounded(arcs, BigInt(this.chances.denominator), seed).slice(-cells.length);
    const used = new Map(), picks = [];
    cells.forEach(([t, f], i) => {
      const from = used.get(t) || 0;
      for (const unit of this.queue(t).slice(from, from + whole[i])) picks.push([unit, f]);
      used.set(t, from + whole[i]);
    });
    return picks;
  }

  standing(picks) {
    const used = new Set(picks.map(([unit]) => unit[1])), reserves = [], groups = new Map();
    for (const [unit, f] of picks) {
      const cross = this.types.get(unit[2]).cross;
      groups.set(`${f} ${cross.join(",")}`, [f, cross]);
    }
    const compare = (a, b) => {
      for (let i = 0; i < Math.min(a.length, b.length); i++) if (a[i] !== b[i]) return a[i] - b[i];
      return a.length - b.length;
    };
    const sorted = [...groups.values()].sort((a, b) => a[0] - b[0] || compare(a[1], b[1]));
    for (const [f, cross] of sorted) {
      const fit = [];
      for (const [k, t] of this.types) {
        if (!t.places.includes(f) || /^0+(\/|$)/.test(t.chance) || compare(t.cross, cross)) continue;
        for (const unit of this.queue(k)) if (!used.has(unit[1])) fit.push(unit);
      }
      fit.sort((a, b) => ordered(a[0], b[0]));
      for (const unit of fit.slice(0, this.plan.reserves)) { used.add(unit[1]); reserves.push([unit, f]); }
    }
    return reserves;
  }

  *redraw() {
    if (!this.fair) {
      yield ["抽中的名单", "这种抽取方法本页不重做，请用下面的“在服务器上核对”或者独立核对程序", null];
      return;
    }
    const picks = this.drawn(), ranks = this.places.map(() => 1);
    const told = (units) => units
      .sort(([a, f], [b, g]) => f - g || ordered(a[0], b[0]))
      .map(([unit, f]) => [this.places[f][0], ranks[f]++, unit[1], unit[2]].join("\n"));
    const known = (rows) => rows.map((row) => [row.field, row.rank, row.unit_id, row.type].join("\n"));
    const differs = (made, rows) => {
      const stood = known(rows), faults = made.length === stood.length ? [] : ["家数不同"];
      return faults.concat(made.flatMap((one, i) => (one === stood[i] ? [] : [`第 ${i + 1} 家不同`]))).slice(0, 5);
    };
    const drawn = told([...picks]);
    yield [`抽中的 ${number(drawn.length)} 家算得对`, "由种子重新抽一遍，逐家比较，次序也相同", differs(drawn, this.certificate.drawn)];
    yield this.quotas(picks);
    const reserves = told(this.standing(picks));
    yield ["候补次序算得对", `${number(reserves.length)} 家候补逐家重新排定`, differs(reserves, this.certificate.reserves)];
  }

  quotas(picks) {
    const faults = [];
    this.places.forEach(([name, wanted], f) => {
      const found = picks.filter((pick) => pick[1] === f).length;
      if (found !== wanted) faults.push(`“${name}”应为 ${wanted} 家，实为 ${found} 家`);
    });
    this.plan.cross.forEach((cross, i) => {
      const found = picks.filter(([unit]) => this.types.get(unit[2]).cross.includes(i)).length;
      if (found < cross.min || found > cross.max) faults.push(`“${cross.name}”应为 ${cross.min} 至 ${cross.max} 家，实为 ${found} 家`);
    });
    const crosses = this.plan.cross.length ? `和 ${this.plan.cross.length} 项交叉要求` : "";
    return ["名额都满足", `${this.places.length} 项名额${crosses}逐项数过`, faults];
  }

  *checks() {
    if (!this.sealed) yield* this.text();
    yield* this.promised();
    yield* this.frame();
    if (this.sealed) return;
    yield* this.values();
    yield* this.seed();
    yield* this.redraw();
  }
}

onmessage = ({ data }) => {
  let draw = null;
  try {
    draw = new Draw(data);
    for (const [title, meaning, faults, found = ""] of draw.checks()) {
      postMessage({ kind: "check", title, meaning, faults, found });
    }
  } catch (error) {
    postMessage({ kind: "check", title: "文件内容", meaning: "文件残缺、被改动，或者不是同一次抽取的", faults: [String(error.message)], found: "" });
  }
  postMessage({ kind: "done", sealed: !!draw && draw.sealed });
};
