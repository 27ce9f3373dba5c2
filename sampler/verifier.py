"""Repeat a draw from its certificate and public frame: python3 verifier.py FILE FILE.

H is the one hashing rule. A ticket is H over seed and unit id, the smallest go first; coins
are H over seed and a counter. Exit code 0 if all agrees. Sealed cells stay sealed.
"""

import json
import sys
import unicodedata
from bisect import bisect
from collections import Counter
from fractions import Fraction
from functools import cache
from hashlib import sha256
from itertools import accumulate, count


def H(tag, *fields):
    """SHA-256 over the fields, each in UTF-8 NFC after its length in 4 bytes."""
    texts = [unicodedata.normalize("NFC", field).encode() for field in (tag, *fields)]
    return sha256(b"".join(len(text).to_bytes(4, "big") + text for text in texts)).digest()


def canonical(value):
    """The one way to write a JSON value without fractions (RFC 8785)."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def coin(seed, stage, used, bound):
    """A uniform whole number below the bound, from as many hash blocks as it needs."""
    blocks = bound.bit_length() // 256 + 1
    while True:
        parts = [H("spotcheck/coin/1", seed, stage, str(next(used))) for _ in range(blocks)]
        value = int.from_bytes(b"".join(parts), "big")
        if value < (1 << 256 * blocks) // bound * bound:
            return value % bound


def merkle_root(lines):
    """One hash over all lines (RFC 6962)."""
    level = [sha256(b"\0" + line).digest() for line in lines]
    while len(level) > 1:
        pairs = zip(level[::2], level[1::2], strict=False)
        level = [sha256(b"\1" + a + b).digest() for a, b in pairs] + level[len(level) & ~1 :]
    return level[0].hex() if level else sha256().hexdigest()


def holds(where, cells):
    """True or False, or None where a sealed column is asked; `fields` lists several values."""
    truths = [True]
    for column, values in where:
        held = cells.get(column, "").split("|" if column == "fields" else "\0")
        found = not {part.strip() for part in held}.isdisjoint(values)
        truths.append(found if column in cells else None)
    return False if False in truths else None if None in truths else True


def rounded(arcs, D, seed):
    """Whole amounts: walk cycles of fractional arcs, a coin says up or down, no sum changes."""
    amount, at, used = [a for _, _, a in arcs], {}, count()
    for i, (tail, head, a) in enumerate(arcs):
        if a % D:
            at.setdefault(tail, {})[i] = at.setdefault(head, {})[i] = None
    for start in list(at):
        while at[start]:
            path, seen, node, last = [], {}, start, None
            while node not in seen:
                seen[node] = len(path)
                last = next(i for i in at[node] if i != last)
                way = 1 if arcs[last][0] == node else -1
                path.append((last, way))
                node = arcs[last][way > 0]
            cycle = path[seen[node] :]
            up = min(-way * amount[i] % D for i, way in cycle)
            down = min(way * amount[i] % D for i, way in cycle)
            step = up if coin(seed, "round", used, up + down) < down else -down
            for i, way in cycle:
                amount[i] += way * step
                if amount[i] % D == 0:
                    del at[arcs[i][0]][i], at[arcs[i][1]][i]
    return [a // D for a in amount]


def digest(value):
    """SHA-256 over the canonical bytes."""
    return sha256(canonical(value)).hexdigest()


class Draw:
    """A certificate and its frame. Each check yields what it finds wrong."""

    def __init__(self, text, lines):
        self.text, self.lines, self.certificate = text, lines, json.loads(text)
        self.commitment, self.seed = self.certificate["commitment"], self.certificate["seed"]
        self.plan, self.chances = self.commitment["plan"], self.commitment["chances"]
        self.type = {t["number"]: t for t in self.commitment["types"]}
        self.size = {k: t["units"] for k, t in self.type.items()}
        self.p = {k: Fraction(*map(int, t["chance"].split("/"))) for k, t in self.type.items()}
        self.group = {k: t["group"] for k, t in self.type.items()}
        self.fair = self.chances["path"] in ("cuts", "panels")
        fills = self.plan["fields"] and (self.fair or self.chances["path"] == "sequential")
        self.places = self.plan["fields"] if fills else [["全部", self.plan["n"]]]
        limit, self.cap = Fraction(*map(int, self.plan["cap"].split("/") * self.fair or [1])), {}
        for k, t in self.type.items():
            possible = {"certain": 1, "ordinary": limit * (t["weight"] != "0")}.get(t["kind"], 0)
            self.cap[k] = possible if t["places"] else 0
        # a committed table without panels is a lottery of one sure panel, None
        panels, weights = self.chances.get("panels", [None]), self.chances.get("weights", [1])
        self.lottery = list(zip(panels, weights, strict=True))
        self.rows, self.queue = [json.loads(line) for line in lines], cache(self.tickets)
        self.units = {k: [] for k in self.type}
        for row in self.rows:
            self.units[int(row["type"])].append(row["public"]["unit_id"])

    def check_text(self):
        rest = {k: v for k, v in self.certificate.items() if k != "whole_digest"}
        wrong = [k for k, v in rest["parts"].items() if digest(rest[k]) != v]
        told = [self.certificate["whole_digest"], self.text, rest["commitment_digest"]]
        if [digest(rest), canonical(self.certificate), digest(self.commitment)] != told:
            yield "改动在：" + ("、".join(wrong) or "格式、摘要或其他栏")

    def check_frame(self):
        ids = [row["public"]["unit_id"] for row in self.rows]
        if merkle_root(self.lines) != self.commitment["frame"]["root"]:
            yield "名单与承诺的根摘要（root）不符"
        if ids != sorted(set(ids)) or any(len(self.units[k]) != self.size[k] for k in self.type):
            yield "机构编号重复、没有按编号排列，或各类家数不符"

    def check_types(self):
        certain = {c["unit_id"]: c["field"] for c in self.plan["certain"]}
        listed = dict.fromkeys(certain, "certain")
        listed |= {e["unit_id"]: "excluded" for e in self.plan["excluded"]}
        names, other = [name for name, _ in self.places], self.plan["other"]
        for row in self.rows:
            cells, t, unit = row["public"], self.type[int(row["type"])], row["public"]["unit_id"]
            by_rule = {True: "ordinary", False: "outside", None: t["kind"]}
            kind = listed.get(unit, by_rule[holds(self.plan["eligible"], cells)])
            crosses = enumerate(self.plan["cross"])
            right = all(holds(c["where"], cells) in (None, i in t["cross"]) for i, c in crosses)
            held = {part.strip() for part in cells.get("fields", "").split("|")} - {""}
            fit = [f for f in names if f in held or (f == other and held - set(names))]
            fit = [certain[unit]] if certain.get(unit) else fit
            fit = fit if self.places is self.plan["fields"] else names
            right &= "fields" not in cells or [names[f] for f in t["places"]] == fit
            if kind != t["kind"] or (not right and kind in ("ordinary", "certain")):
                yield f"{unit} 的类别与其公开栏不符"

    def quota_faults(self, table, D):
        """What a table {(type, place): amount / D} gets wrong against the plan's counts."""
        for f, (name, wanted) in enumerate(self.places):
            if sum(v for (_, g), v in table.items() if g == f) != wanted * D:
                yield f"“{name}”不是 {wanted} 家"
        for i, cross in enumerate(self.plan["cross"]):
            total = sum(v for (t, _), v in table.items() if i in self.type[t]["cross"])
            if not cross["min"] * D <= total <= cross["max"] * D:
                yield f"“{cross['name']}”不在 {cross['min']} 至 {cross['max']} 家之间"

    def check_chances(self):
        for k, p in self.p.items():
            if not (self.type[k]["kind"] == "certain") <= p <= self.cap[k]:
                yield f"第 {k} 类的概率不在允许范围内"
        D, mean = int(self.chances.get("denominator", 1)), Counter()
        for panel, weight in self.lottery if self.fair else ():
            table, row = self.table(panel), Counter()
            yield from self.quota_faults(table, D)
            for (t, f), v in table.items():
                row[t] += v
                mean[t] += v * weight
                if v < 0 or weight < 0 or f not in self.type[t]["places"]:
                    yield f"第 {t} 类占用了不能占用的名额"
            if any(v > self.size[t] * D for t, v in row.items()):
                yield "有的类抽取数超过其家数"
        D *= sum(weight for _, weight in self.lottery)
        if any(mean[k] != self.p[k] * self.size[k] * D for k in self.p if self.fair):
            yield "各类的概率与概率表不符"

    def table(self, panel):
        """{(type, place): amount / denominator}, scaled by the counts of a panel."""
        counts, group = {(g, f): k for g, f, k in panel or ()}, self.group
        cells = [(t, f, int(v)) for t, f, v in self.chances["cells"]]
        return {(t, f): v * counts.get((group[t], f), panel is None) for t, f, v in cells}

    def check_levels(self):
        """Each bottleneck is a sum of the plan's own bounds and holds nobody above its level."""
        each = {k: p / max(1, int(self.type[k]["weight"])) for k, p in self.p.items()}
        for number, level in enumerate(self.chances.get("levels", ()), start=1):
            value, times = Fraction(*map(int, level["value"].split("/"))), dict(level["cross"])
            good = all(each[k] == value for k in level["types"])
            good &= level["cut"] or all(self.p[k] == self.cap[k] for k in level["types"])
            room = level["n"] * self.plan["n"] - sum(self.places[f][1] for f in level["places"])
            for i, cross in enumerate(self.plan["cross"]):
                room += times.get(i, 0) * cross["max" if times.get(i, 0) > 0 else "min"]
            for k, t in ((k, t) for k, t in self.type.items() if self.cap[k]):
                side = level["n"] + sum(times.get(i, 0) for i in t["cross"])
                least = min(side - (f in level["places"]) for f in t["places"])
                room -= least * (self.p[k] if least > 0 else self.cap[k]) * self.size[k]
                good &= least < 1 or each[k] <= value or t["kind"] == "certain"
            if not good or room:
                yield f"第 {number} 条瓶颈说明的算术不对"

    def check_seed(self):
        given, sham = self.certificate["contributions"], self.certificate["rehearsal"]
        names = ["machine"] * (not sham) + self.commitment["sources"]
        if [c["source"] for c in given] != names or len(self.commitment["sources"]) < 2:
            yield "来源的名称或次序与承诺不符"
        promise = None if sham else H("spotcheck/machine/1", given[0]["value"]).hex()
        if [promise, sham] != [self.commitment["machine"], self.commitment["rehearsal"]]:
            yield "机器份额或试抽标记（rehearsal）与事先的承诺不符"
        pairs = [x for c in given for x in (c["source"], c["value"])]
        if H("spotcheck/seed/1", digest(self.commitment), *pairs).hex() != self.seed:
            yield "种子不是由承诺和各方揭示的值算出的"

    def tickets(self, k):
        """(ticket, unit id, type) of the units of a type, smallest first."""
        return sorted((H("spotcheck/ticket/1", self.seed, "draw", u), u, k) for u in self.units[k])

    def drawn(self):
        """[(ticket, unit id, type), place]: a table (a coin's panel) is rounded, tickets go."""
        weights, D = list(accumulate(w for _, w in self.lottery)), int(self.chances["denominator"])
        pick = bisect(weights, coin(self.seed, "panel", count(), weights[-1]))
        cells = sorted((*at, v) for at, v in self.table(self.lottery[pick][0]).items() if v)
        up, row, into = [pool["parent"] for pool in self.chances["pools"]], Counter(), Counter()
        for t, _, v in cells:
            row[t] += v
            into[self.group[t]] += v
        for v in range(len(up) - 1, 0, -1):
            into[up[v]] += into[v]
        arcs = [(("pool", up[v]), ("pool", v), into[v]) for v in range(1, len(up))]
        arcs += [(("pool", self.group[t]), ("type", t), row[t]) for t in sorted(row)]
        # the places of a lottery's groups are rounded apart
        arcs += [(("type", t), ("place", f, None if up else self.group[t]), v) for t, f, v in cells]
        whole, picks, used = rounded(arcs, D, self.seed), [], Counter()
        for (t, f, _), number in zip(cells, whole[-len(cells) :], strict=True):
            picks += [(unit, f) for unit in self.queue(t)[used[t] : used[t] + number]]
            used[t] += number
        return picks

    def drawn_by_steps(self, design):
        """The classical methods; by hand, field after field, each step draws lots anew."""
        picks, gone, room = [], set(), [wanted for _, wanted in self.places]
        for number, step in enumerate(design["steps"]):
            left = room[step["place"]] if step["count"] is None else step["count"]
            units = sorted(u for k in step["types"] for u in self.queue(k))
            if design["method"] == "sequential":
                lots = [(H("spotcheck/lot/1", str(number), u[0].hex()), u[1], u) for u in units]
                units = [u for _, _, u in sorted(lots)]
            for unit in (u for u in units if u not in gone):
                fits = self.type[unit[2]]["places"] if step["place"] is None else [step["place"]]
                free = [f for f in fits if room[f]]
                if left and free:
                    left, room[free[0]] = left - 1, room[free[0]] - 1
                    picks.append((unit, free[0]))
                    gone.add(unit)
        return picks

    def check_drawn(self):
        if not self.fair and self.chances["design"]["groups"]:
            yield f"本程序不重做 {self.chances['path']} 抽法，请用 spotcheck sampler verify 核对"
            return
        picks = self.drawn() if self.fair else self.drawn_by_steps(self.chances["design"])
        yield from self.quota_faults(Counter((u[2], f) for u, f in picks), 1) if self.fair else ()
        used, reserves = {unit[1] for unit, _ in picks}, []
        for f, cross in sorted({(f, tuple(self.type[u[2]]["cross"])) for u, f in picks}):
            fit = [k for k, t in self.type.items() if f in t["places"] and self.p[k]]
            fit = [u for k in fit if tuple(self.type[k]["cross"]) == cross for u in self.queue(k)]
            free = [u for u in sorted(fit) if u[1] not in used][: self.plan["reserves"]]
            used |= {u[1] for u in free}
            reserves += [(u, f) for u in free]
        ranks = [count(1) for _ in self.places]
        for title, units in (("drawn", picks), ("reserves", reserves)):
            sheet = sorted((f, unit) for unit, f in units)
            want = [(self.places[f][0], next(ranks[f]), u, k) for f, (_, u, k) in sheet]
            keys = ("field", "rank", "unit_id", "type")
            if want != [tuple(x[key] for key in keys) for x in self.certificate[title]]:
                yield f"重算的名单与证书不符（{title}）"


def verify(certificate: bytes, frame: bytes) -> list[tuple[str, list[str]]]:
    """[(name of the check, what is wrong)] for the bytes of the two files."""
    names = ("证书文字", "名单", "各家类别", "概率表", "瓶颈说明", "来源和种子", "重新抽取")
    checks = [check for name, check in vars(Draw).items() if name.startswith("check_")]
    results, step = [], "文件格式"
    try:
        draw = Draw(certificate, frame.removesuffix(b"\n").split(b"\n"))
        for step, check in zip(names, checks, strict=True):
            results.append((step, list(check(draw))))
        results.append((f"请与公布的承诺摘要比对：{digest(draw.commitment)}", []))
    except (ArithmeticError, LookupError, RuntimeError, TypeError, ValueError, AttributeError) as e:
        results.append((step, [f"内容残缺或被改动，无法读取：{e!r}"]))
    return results


if __name__ == "__main__":
    files = sys.argv[1:] or ["certificate.json", "frame.jsonl"]
    outcome = verify(*(open(path, "rb").read() for path in files))
    for name, faults in outcome:
        print("不一致" if faults else "一致" * (name[0] != "请"), name, *faults[:5], sep="  ")
    print("未证明：除瓶颈说明外，不证明概率最优；封存栏由持有封存值的人核对。")
    sys.exit(any(faults for _, faults in outcome))
