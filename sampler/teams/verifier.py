"""Repeat a draw of teams from its certificate and list: python3 verifier.py FILE FILE.

H is the one hashing rule. Coins are H over seed and a counter, tickets H over seed and a
name; the smallest go first. Exit code 0 if all agrees. Sealed cells stay sealed.
"""

import json
import sys
import unicodedata
from bisect import bisect
from collections import Counter
from fractions import Fraction
from hashlib import sha256
from itertools import count, cycle, islice, pairwise

PARTS = ["alternate_shortfalls", "alternates", "commitment", "contributions", "members", "seed"]
WRITTEN = ("spotcheck/team-certificate/1", "sha256", PARTS)


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


def digest(value):
    """SHA-256 over the canonical bytes."""
    return sha256(canonical(value)).hexdigest()


def rounded(arcs, D, seed):
    """Whole amounts: walk cycles of fractional arcs, a coin says up or down, no sum changes."""
    amount, at, used = [a for _, _, a in arcs], {}, count()
    for i, (tail, head, a) in enumerate(arcs):
        if a % D:
            at.setdefault(tail, {})[i] = at.setdefault(head, {})[i] = None
    for start in list(at):
        nodes, path, seen = [start], [], {start: 0}
        while at[start]:
            last = next(i for i in at[nodes[-1]] if i not in path[-1:])
            node = arcs[last][arcs[last][0] == nodes[-1]]
            path.append(last)
            nodes.append(node)
            if seen.setdefault(node, len(path)) == len(path):
                continue
            steps = zip(path[seen[node] :], nodes[seen[node] :], strict=False)
            cycle = [(i, 1 if arcs[i][0] == tail else -1) for i, tail in steps]
            up = min(-way * amount[i] % D for i, way in cycle)
            down = min(way * amount[i] % D for i, way in cycle)
            step = up if coin(seed, "teams/round", used, up + down) < down else -down
            for i, way in cycle:
                amount[i] += way * step
                if amount[i] % D == 0:
                    del at[arcs[i][0]][i], at[arcs[i][1]][i]
            gap = next(k for k, i in enumerate(path) if amount[i] % D == 0)
            del nodes[gap + 1 :], path[gap:]
            seen = {node: k for k, node in enumerate(nodes)}
    return [a // D for a in amount]


class Teams:
    """A certificate and its list of inspectors. Each check yields what it finds wrong."""

    def __init__(self, text, lines):
        self.text, self.lines, self.certificate = text, lines, json.loads(text)
        self.commitment, self.seed = self.certificate["commitment"], self.certificate["seed"]
        self.chances = self.commitment["chances"]
        self.D = int(self.chances["denominator"])
        self.type = {t["number"]: t for t in self.commitment["types"]}
        self.people = {t: [] for t in self.type}
        self.rows = [json.loads(line) for line in lines]
        for row in self.rows:
            self.people[int(row["type"])].append(row["public"]["id"])
        self.type_of = {person: t for t, people in self.people.items() for person in people}
        self.slots = self.commitment["slots"]
        self.visit = {visit["id"]: visit for visit in self.commitment["visits"]}
        self.window = [self.visit[slot["visit"]]["window"] for slot in self.slots]
        # the types that may take a slot: those of its pool who are not barred from the visit
        pools = [set(pool) for pool in self.commitment["pools"]]
        barred = [self.visit[slot["visit"]]["barred"] for slot in self.slots]
        self.able = [
            pools[s["pool"]].difference(b) for s, b in zip(self.slots, barred, strict=True)
        ]
        # (slot, type, amount): how many of the type the slot expects, in units of 1 / D
        self.cells, self.row = [], [{} for _ in self.slots]
        self.sums, self.often = Counter(), Counter()
        for slot, text in enumerate(self.chances["cells"]):
            for t, a in (map(int, cell.split(":")) for cell in text.split(" ")):
                self.cells.append((slot, t, a))
                self.row[slot][t] = a
                for held in self.held(slot, t):
                    self.sums[held] += a
                    self.often[held] += 1

    def held(self, slot, who):
        """What an assignment counts towards: a visit, a window and the whole of a load."""
        return (who, "visit", self.slots[slot]["visit"]), (who, "window", self.window[slot]), (who,)

    def most(self, held, t):
        """How often one inspector of a type may serve: on a visit, in a window, in all."""
        kinds = {"visit": 1, "window": self.type[t]["per_window"]}
        return kinds[held[1]] if held[1:] else self.type[t]["capacity"]

    def check_text(self):
        rest = {k: v for k, v in self.certificate.items() if k != "whole_digest"}
        wrong = [k for k, v in rest["parts"].items() if digest(rest[k]) != v]
        told = [self.certificate["whole_digest"], self.text, rest["commitment_digest"]]
        right = [digest(rest), canonical(self.certificate), digest(self.commitment)]
        if right != told or (rest["format"], rest["hash"], sorted(rest["parts"])) != WRITTEN:
            yield "改动在：" + ("、".join(wrong) or "格式、摘要或其他栏")

    def check_frame(self):
        ids = [row["public"]["id"] for row in self.rows]
        told = [merkle_root(self.lines), len(ids)]
        if told != [self.commitment["frame"]["root"], self.commitment["frame"]["rows"]]:
            yield "人员名单与承诺的根摘要（root）或人数不符"
        sizes = [len(people) for people in self.people.values()]
        if ids != sorted(set(ids)) or sizes != [t["members"] for t in self.type.values()]:
            yield "人员编号重复、没有按编号排列，或各类人数不符"

    def check_slots(self):
        for name, rows in (("席位", self.slots), ("检查任务", self.commitment["visits"])):
            ids = [row["id"] for row in rows]
            if ids != sorted(set(ids)):
                yield f"{name}编号重复或没有按编号排列"
        pairs = [(slot, t) for slot, t, _ in self.cells]
        if pairs != sorted(set(pairs)) or len(self.chances["cells"]) != len(self.slots):
            yield "概率表没有按席位、类别排列，或有重复"
        for slot, t, _ in self.cells:
            if t not in self.able[slot]:
                yield f"席位 {self.slots[slot]['id']} 有第 {t} 类的机会，而该类不能占此席位"

    def check_chances(self):
        """Each slot one person, nobody above the cap, nobody too often anywhere."""
        cap, above = Fraction(self.chances["cap"]), []
        for slot, (row, cells) in enumerate(zip(self.slots, self.row, strict=True)):
            people = sum(self.type[t]["members"] for t in self.able[slot])
            share = -(-self.D // max(1, people))
            above += [row["id"]] * (share > cap * self.D)
            most = max(share, cap * self.D)
            if sum(cells.values()) != self.D or any(a < 1 for a in cells.values()):
                yield f"席位 {row['id']} 的机会合计不是 1，或有不为正的"
            if any(a > most * self.type[t]["members"] for t, a in cells.items()):
                yield f"席位 {row['id']} 有人的机会超过上限"
        if above != self.chances["above"] or not 0 < cap <= 1:
            yield "概率上限或超过上限的席位（above）不符"
        for held, a in self.sums.items():
            if a > self.most(held, held[0]) * self.type[held[0]]["members"] * self.D:
                yield f"第 {held[0]} 类的预期次数超过每次检查一席、每时段或总次数的上限"
        for number, t in self.type.items():
            load = Fraction(self.sums.get((number,), 0), self.D * t["members"])
            if f"{load.numerator}/{load.denominator}" != t["load"]:
                yield f"第 {number} 类每人的预期次数（load）与概率表不符"

    def check_seed(self):
        given, sham = self.certificate["contributions"], self.certificate["rehearsal"]
        names = ["machine"] * (not sham) + self.commitment["sources"]
        if [c["source"] for c in given] != names or len(self.commitment["sources"]) < 2:
            yield "来源的名称或次序与承诺不符"
        if any(c["revealed"] != bool(c["value"]) for c in given):
            yield "揭示标记（revealed）与所揭示的值不符"
        promise = None if sham else H("spotcheck/machine/1", given[0]["value"]).hex()
        if [promise, sham] != [self.commitment["machine"], self.commitment["rehearsal"]]:
            yield "机器份额或试抽标记（rehearsal）与事先的承诺不符"
        pairs = [x for c in given for x in (c["source"], c["value"])]
        if H("spotcheck/seed/1", digest(self.commitment), *pairs).hex() != self.seed:
            yield "种子不是由承诺和各方揭示的值算出的"

    def ticket(self, stage, name):
        """Where a name stands in the queue of a stage: (ticket, name), smallest first."""
        return H("spotcheck/ticket/1", self.seed, f"teams/{stage}", name), name

    def whole_types(self):
        """The type on each slot: the table is rounded, its sums above each cell with it.

        No sum is kept where the whole type, or so few cells, cannot be more than its room.
        """
        inner, cells = {}, []
        for slot, t, a in self.cells:
            visit, window, whole = self.held(slot, t)
            people, most = self.type[t]["members"] * self.D, self.sums[whole]
            rooms = (visit, people), (window, people * self.type[t]["per_window"])
            path = [at for at, room in rooms if min(most, self.often[at] * self.D) > room]
            path += [whole, "whole"]
            for head, tail in pairwise(path):
                inner[tail, head] = inner.get((tail, head), 0) + a
            cells.append((path[0], ("slot", slot), a))
        arcs = [(tail, head, a) for (tail, head), a in inner.items()] + cells
        amounts = rounded(arcs, self.D, self.seed)[len(inner) :]
        return {cell[0]: cell[1] for cell, n in zip(self.cells, amounts, strict=True) if n}

    def drawn(self):
        """The person on each slot: members in ticket order take their type's slots in turn."""
        types, taken, places = self.whole_types(), {}, []
        queue = {t: sorted(self.ticket("member", w) for w in ws) for t, ws in self.people.items()}
        turn = {t: cycle(who for _, who in people) for t, people in queue.items()}
        for slot, row in enumerate(self.slots):
            names = ("window", str(self.window[slot])), ("visit", row["visit"]), ("slot", row["id"])
            places.append(([self.ticket(*name)[0] for name in names], slot))
        for _, slot in sorted(places):
            taken[slot] = next(turn[types[slot]])
        return [taken[slot] for slot in range(len(self.slots))]

    def alternates(self, drawn, wanted):
        """For each slot the first on the circle of tickets, from its own, who could step in."""
        circle = sorted(self.ticket("alternate", who) for who in self.type_of)
        busy = Counter(held for slot, who in enumerate(drawn) for held in self.held(slot, who))
        for slot, row in enumerate(self.slots):
            start = bisect(circle, self.ticket("alternate", row["id"]))
            able = (
                who
                for _, who in circle[start:] + circle[:start]
                if (t := self.type_of[who]) in self.able[slot]
                and all(busy[held] < self.most(held, t) for held in self.held(slot, who))
            )
            yield [row["id"], list(islice(able, wanted))]

    def check_drawn(self):
        drawn, wanted = self.drawn(), self.commitment["alternates"]
        members = []
        for slot, who in enumerate(drawn):
            t = self.type_of[who]
            p = Fraction(self.row[slot][t], self.D * self.type[t]["members"])
            members.append([self.slots[slot]["id"], who, t, f"{p.numerator}/{p.denominator}"])
        alternates = list(self.alternates(drawn, wanted))
        short = [[s, wanted, len(found)] for s, found in alternates if len(found) < wanted]
        for title, rows, *keys in (
            ("members", members, "slot", "inspector", "type", "chance"),
            ("alternates", alternates, "slot", "inspectors"),
            ("alternate_shortfalls", short, "slot", "wanted", "found"),
        ):
            if [dict(zip(keys, row, strict=True)) for row in rows] != self.certificate[title]:
                yield f"重算的人员与证书不符（{title}）"

    def check_bounds(self):
        """What was drawn keeps every rule that can be seen, whatever way it was drawn."""
        served, told = Counter(), self.certificate["members"]
        for slot, member in enumerate(told):
            t = self.type_of[member["inspector"]]
            served.update(self.held(slot, member["inspector"]))
            if member["slot"] != self.slots[slot]["id"] or t not in self.able[slot]:
                yield f"席位 {member['slot']} 的人员不能占此席位"
        if len(told) != len(self.slots):
            yield "有的席位没有派人，或多派了人"
        for held, times in served.items():
            if times > self.most(held, self.type_of[held[0]]):
                yield f"{held[0]} 超过每次检查一席、每时段或总次数的上限"
        for who, t in self.type_of.items():
            load = Fraction(self.type[t]["load"])
            if not load.__floor__() <= served[(who,)] <= load.__ceil__():
                yield f"{who} 的检查次数不是预期次数上下的整数"


def verify(certificate: bytes, frame: bytes) -> list[tuple[str, list[str]]]:
    """[(name of the check, what is wrong)] for the bytes of the two files."""
    names = ["证书文字", "人员名单", "席位和资格", "概率表", "来源和种子", "重新抽取", "抽取结果"]
    checks = [check for name, check in vars(Teams).items() if name.startswith("check_")]
    results, step = [], "文件格式"
    try:
        teams = Teams(certificate, frame.removesuffix(b"\n").split(b"\n"))
        for step, check in zip(names, checks, strict=True):
            results.append((step, list(check(teams))))
        results.append((f"请与公布的承诺摘要比对：{digest(teams.commitment)}", []))
    except (ArithmeticError, LookupError, RuntimeError, TypeError, ValueError, AttributeError) as e:
        results.append((step, [f"内容残缺或被改动，无法读取：{e!r}"]))
    return results


if __name__ == "__main__":
    files = sys.argv[1:] or ["certificate.json", "frame.jsonl"]
    outcome = verify(*(open(path, "rb").read() for path in files))
    for name, faults in outcome:
        print("不一致" if faults else "一致" * (name[0] != "请"), name, *faults[:5], sep="  ")
    print("未证明：不证明概率最优；封存栏（请假、回避等）由持有封存值的人核对。")
    sys.exit(any(faults for _, faults in outcome))
