"""The plan notice: what a published plan says, in the order of an official notice."""

from collections.abc import Iterable, Iterator
from datetime import date

from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Spacer

from core.calendar import china_date
from inspections.plan_content import PlanContent, Where
from sampler.report import METHOD_NAMES
from web.papers.draw_papers.facts import NoticeFacts
from web.papers.draw_papers.sheet import (
    HEAD,
    MEASURE,
    SIGNED,
    TEXT,
    Cells,
    Margins,
    grid,
    paper,
    replaced,
    title,
    verification,
    words,
)
from web.words.plans import COLUMNS
from web.words.times import long_day

NUMBERS = "一二三四五六七八九十"


def plan_notice(facts: NoticeFacts) -> bytes:
    """计划公告 of a published version."""
    head = f"{facts.title}　计划公告"
    state = f"第 {facts.version} 版" + ("　演示数据" if facts.demo else "")
    margins = Margins(head, head, state, f"计划内容摘要：{facts.digest}")
    return paper(margins, _story(facts))


def _story(facts: NoticeFacts) -> Iterator[Flowable]:
    under = facts.document_no or f"第 {facts.version} 版"
    yield from title(facts.title, "计划公告", under + ("（演示数据）" if facts.demo else ""))
    sections = [section for section in sections_of(facts.content) if section[1]]
    for number, (heading, told) in enumerate(sections):
        yield words(f"{NUMBERS[number]}、{heading}", HEAD)
        for line in told:
            yield words(line, TEXT)
        if heading == "领域名额":
            yield _quotas(facts.content)
    yield from replaced(line for _, told in sections for line in told)
    yield Spacer(0, 8 * mm)
    yield words(facts.content.lead, SIGNED)
    yield words(date_words(facts), SIGNED)
    yield from verification(facts.address, "扫码查看计划、底册摘要、抽取证书和名单。")


def date_words(facts: NoticeFacts) -> str:
    """The day of publication under the name of the department."""
    return long_day(china_date(facts.published_at)).partition("（")[0]


def sections_of(content: PlanContent) -> list[tuple[str, list[str]]]:
    """Headings and their paragraphs, for the paper and for the page; empty ones say nothing."""
    return [
        ("检查依据", list(content.legal_basis)),
        ("抽查事项", _numbered(f"{item.name}（{item.number}）" for item in content.check_items)),
        (
            "跨部门综合监管事项",
            _numbered(f"{item.name}（{item.number}）" for item in content.joint_items),
        ),
        ("抽查对象", _objects(content)),
        ("领域名额", [f"共抽取 {content.n:,} 家。"] if content.fields else []),
        ("抽取办法", list(_method(content))),
        ("检查安排", list(_schedule(content))),
        ("参加部门", ["、".join(content.departments)] if content.departments else []),
    ]


def _numbered(told: Iterable[str]) -> list[str]:
    return [f"{number}．{line}" for number, line in enumerate(told, start=1)]


def _objects(content: PlanContent) -> list[str]:
    day = f"以 {long_day(content.roster_day)} 的名录为底册。" if content.roster_day else ""
    kind = "定向抽查" if content.directed else "不定向抽查"
    whom = where_words(content.eligible) or "名录中的全部机构"
    return [f"{kind}，对象为{whom}。{day}"]


def where_words(where: Where) -> str:
    """A condition: 级别为national、省份为北京或者天津."""
    return "，".join(
        f"{COLUMNS.get(column, column)}为{'或者'.join(values)}" for column, values in where
    )


def _method(content: PlanContent) -> Iterator[str]:
    if not content.fields:
        yield f"共抽取 {content.n:,} 家。"
    yield f"采用{METHOD_NAMES[content.method.value]}，当众由种子确定结果，过程和算式全部公布。"
    for cross in content.cross:
        most = "" if cross.most is None else f"，至多 {cross.most} 家"
        yield f"{cross.name}：至少 {cross.least} 家{most}。"
    if content.reserves:
        yield f"每个领域的每一种交叉要求各备候补 {content.reserves} 家，按抽取次序递补。"
    if content.certain or content.exclusion_rules or content.excluded:
        # names would tell beforehand who is going to be visited
        yield f"必查 {len(content.certain):,} 家；按规定排除的机构及理由载入底册。"


def _schedule(content: PlanContent) -> Iterator[str]:
    for window in content.windows:
        if window.first and window.last:
            name = f"{window.name}：" if window.name else ""
            yield f"{name}{long_day(window.first)}至{long_day(window.last)}。"
    for deadline in content.deadlines:
        if deadline.day:
            yield f"{deadline.name}：{_until(deadline.day)}。"
    opened = "检查前公示抽查名单" if content.publish_drawn else "检查结束后公示抽查名单"
    yield f"{content.notice.label}；{opened}。"


def _until(day: date) -> str:
    return f"{long_day(day)}前"


def _quotas(content: PlanContent) -> Flowable:
    rows: list[Cells] = [[words(quota.name), f"{quota.count:,}"] for quota in content.fields]
    rows.append([words("合计"), f"{content.n:,}"])
    return grid(("领域", "家数"), rows, (MEASURE - 30 * mm, 30 * mm), (1,))
