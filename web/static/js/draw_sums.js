// The arithmetic of a draw, for a visitor's own machine: no network, no library, no crypto.subtle
// (which a page without https does not have). docs/draw.md, sections 5 to 8, says what it repeats.
"use strict";

const DrawSums = (() => {
  // -- SHA-256 (FIPS 180-4) ------------------------------------------------------------------

  const PRIMES = [];
  for (let n = 2; PRIMES.length < 64; n++) if (PRIMES.every((p) => n % p)) PRIMES.push(n);
  const bits = (x) => ((x - Math.floor(x)) * 2 ** 32) | 0;
  const K = Int32Array.from(PRIMES, (p) => bits(Math.cbrt(p)));
  const START = Int32Array.from(PRIMES.slice(0, 8), (p) => bits(Math.sqrt(p)));
  const W = new Int32Array(64);
  const TAIL = new Uint8Array(128);

  function compress(state, data, at) {
    for (let i = 0; i < 16; i++, at += 4) {
      W[i] = (data[at] << 24) | (data[at + 1] << 16) | (data[at + 2] << 8) | data[at + 3];
    }
    for (let i = 16; i < 64; i++) {
      const x = W[i - 15], y = W[i - 2];
      const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
      const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
      W[i] = (W[i - 16] + s0 + W[i - 7] + s1) | 0;
    }
    let [a, b, c, d, e, f, g, h] = state;
    for (let i = 0; i < 64; i++) {
      const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
      const t1 = (h + s1 + ((e & f) ^ (~e & g)) + K[i] + W[i]) | 0;
      const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
      const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g; g = f; f = e; e = (d + t1) | 0; d = c; c = b; b = a; a = (t1 + t2) | 0;
    }
    state[0] += a; state[1] += b; state[2] += c; state[3] += d;
    state[4] += e; state[5] += f; state[6] += g; state[7] += h;
  }

  function sha256(data) {
    const state = START.slice(), whole = data.length & ~63, rest = data.length - whole;
    for (let at = 0; at < whole; at += 64) compress(state, data, at);
    TAIL.fill(0);
    TAIL.set(data.subarray(whole));
    TAIL[rest] = 0x80;
    const end = rest < 56 ? 64 : 128, view = new DataView(TAIL.buffer);
    view.setUint32(end - 8, Math.floor(data.length / 2 ** 29));
    view.setUint32(end - 4, (data.length * 8) >>> 0);
    for (let at = 0; at < end; at += 64) compress(state, TAIL, at);
    const digest = new Uint8Array(32), out = new DataView(digest.buffer);
    state.forEach((word, i) => out.setInt32(4 * i, word));
    return digest;
  }

  const HEX = Array.from({ length: 256 }, (_, i) => i.toString(16).padStart(2, "0"));
  function hex(bytes) {
    let text = "";
    for (let i = 0; i < bytes.length; i++) text += HEX[bytes[i]];
    return text;
  }
  const unhex = (text) => Uint8Array.from(text.match(/../g) || [], (pair) => parseInt(pair, 16));

  // -- the one hashing rule, and the one way to write a thing down -------------------------------

  const encoder = new TextEncoder();

  function H(...texts) {
    const parts = texts.map((text) => encoder.encode(text.normalize("NFC")));
    const data = new Uint8Array(parts.reduce((sum, part) => sum + 4 + part.length, 0));
    const view = new DataView(data.buffer);
    let at = 0;
    for (const part of parts) {
      view.setUint32(at, part.length);
      data.set(part, at + 4);
      at += 4 + part.length;
    }
    return sha256(data);
  }

  // RFC 8785; an array compares as JavaScript sorts its keys: by UTF-16 code units
  function written(value) {
    if (Array.isArray(value)) return `[${value.map(written).join(",")}]`;
    if (value === null || typeof value !== "object") return JSON.stringify(value);
    const keys = Object.keys(value).sort();
    return `{${keys.map((key) => `${JSON.stringify(key)}:${written(value[key])}`).join(",")}}`;
  }
  const canonical = (value) => encoder.encode(written(value));
  const digest = (value) => hex(sha256(canonical(value)));

  // -- the tree over the frame (RFC 6962) --------------------------------------------------------

  function leaf(line) {
    const data = new Uint8Array(line.length + 1);
    data.set(line, 1);
    return sha256(data);
  }
  function join(left, right) {
    const data = new Uint8Array(65);
    data[0] = 1;
    data.set(left, 1);
    data.set(right, 33);
    return sha256(data);
  }
  function root(leaves) {
    let level = leaves;
    while (level.length > 1) {
      const above = [];
      for (let i = 0; i + 1 < level.length; i += 2) above.push(join(level[i], level[i + 1]));
      if (level.length % 2) above.push(level[level.length - 1]);
      level = above;
    }
    return hex(level.length ? level[0] : sha256(new Uint8Array(0)));
  }
  const rootFromProof = (line, path) => rootFrom(leaf(encoder.encode(line)), path);
  const rootFromLeaf = (digest, path) => rootFrom(unhex(digest), path);

  function rootFrom(node, path) {
    for (const [side, other] of path) {
      node = side === "left" ? join(unhex(other), node) : join(node, unhex(other));
    }
    return hex(node);
  }

  // -- chance out of the seed --------------------------------------------------------------------

  const counter = (from = 0) => () => from++;
  const modulo = (a, m) => ((a % m) + m) % m;

  function coin(seed, stage, next, bound) {
    const blocks = Math.floor(bound.toString(2).length / 256) + 1;
    const size = 1n << BigInt(256 * blocks), most = (size / bound) * bound;
    for (;;) {
      let text = "0x";
      for (let i = 0; i < blocks; i++) text += hex(H("spotcheck/coin/1", seed, stage, `${next()}`));
      const value = BigInt(text);
      if (value < most) return value % bound;
    }
  }

  // arcs are [tail, head, amount]: cycles of fractional arcs, a coin says up or down
  function rounded(arcs, D, seed) {
    const amount = arcs.map((arc) => arc[2]), at = new Map(), next = counter();
    const touching = (node) => at.get(node) || at.set(node, new Set()).get(node);
    arcs.forEach(([tail, head, a], i) => {
      if (a % D) { touching(tail).add(i); touching(head).add(i); }
    });
    for (const start of [...at.keys()]) {
      while (at.get(start).size) {
        const path = [], seen = new Map();
        let node = start, last = -1;
        while (!seen.has(node)) {
          seen.set(node, path.length);
          for (const i of at.get(node)) if (i !== last) { last = i; break; }
          const forward = arcs[last][0] === node;
          path.push([last, forward ? 1n : -1n]);
          node = arcs[last][forward ? 1 : 0];
        }
        const cycle = path.slice(seen.get(node));
        const least = (values) => values.reduce((a, b) => (b < a ? b : a));
        const up = least(cycle.map(([i, way]) => modulo(-way * amount[i], D)));
        const down = least(cycle.map(([i, way]) => modulo(way * amount[i], D)));
        const step = coin(seed, "round", next, up + down) < down ? up : -down;
        for (const [i, way] of cycle) {
          amount[i] += way * step;
          if (amount[i] % D === 0n) { at.get(arcs[i][0]).delete(i); at.get(arcs[i][1]).delete(i); }
        }
      }
    }
    return amount.map((a) => Number(a / D));
  }

  return { H, canonical, coin, counter, digest, hex, leaf, root, rootFromLeaf, rootFromProof, rounded, sha256 };
})();
