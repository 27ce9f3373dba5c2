"""The plan notice: what a published plan says, in the order of an official notice."""

from collections.abc import Iterable, Iterator

from reportlab.lib.units import mm
from reportlab.platypus import Flowable

from core.calendar import china_date
from inspections.plan_content import PlanContent
from sampler.report import METHOD_NAMES
from web.papers.draw_papers.facts import NoticeFacts
from web.papers.faces import words
from web.papers.letters import clauses, closing, plain_day
from web.papers.pieces import (
    Cells,
    grid,
    title,
    verification,
)
from web.papers.sheet import MEASURE, Margins, paper
from web.words.draws import between
from web.words.plans import where_words

QUOTAS = "领域名额"


def plan_notice(facts: NoticeFacts) -> bytes:
    """计划公告 of a published version."""
    head = f"{facts.title}　计划公告"
    state = f"第 {facts.version} 版" + ("　演示数据" if facts.demo else "")
    foot = f"计划内容摘要：{facts.digest}" if facts.digest else "计划内容摘要与抽查名单同时公开"
    margins = Margins(head, head, state, foot)
    return paper(margins, _story(facts))


def _story(facts: NoticeFacts) -> Iterator[Flowable]:
    under = facts.document_no or f"第 {facts.version} 版"
    yield from title(facts.title, "计划公告", under + ("（演示数据）" if facts.demo else ""))
    day = plain_day(china_date(facts.published_at))
    yield from closing(clauses(_sections(facts.content)), facts.content.lead, day)
    told = "扫码查看计划、底册摘要、抽取证书和名单。"
    yield from verification(facts.address, told, facts.signed_by)


def _sections(content: PlanContent) -> Iterator[tuple[str, list[str | Flowable]]]:
    for name, told in sections_of(content):
        if told:
            yield name, [*told, *([_quotas(content)] if name == QUOTAS else [])]


def sections_of(content: PlanContent) -> list[tuple[str, list[str]]]:
    """Headings and their paragraphs, for the paper and for the page; empty ones say nothing."""
    return [
        ("检查依据", _basis(content)),
        ("抽查事项", _numbered(f"{item.name}（{item.number}）" for item in content.check_items)),
        (
            "跨部门综合监管事项",
            _numbered(f"{item.name}（{item.number}）" for item in content.joint_items),
        ),
        ("抽查对象", _objects(content)),
        (QUOTAS, [f"共抽取 {content.n:,} 家。"] if content.fields else []),
        ("抽取办法", list(_method(content))),
        ("检查安排", list(_schedule(content))),
        ("参加部门", ["、".join(content.departments)] if content.departments else []),
    ]


def _basis(content: PlanContent) -> list[str]:
    # 国办发〔2024〕54号: a check without a stated source must not be held
    source = [f"任务来源：{content.task_source.label}。"] if content.task_source else []
    return [*content.legal_basis, *source]


def _numbered(told: Iterable[str]) -> list[str]:
    return [f"{number}．{line}" for number, line in enumerate(told, start=1)]


def _objects(content: PlanContent) -> list[str]:
    day = f"以{plain_day(content.roster_day)}的名录为底册。" if content.roster_day else ""
    kind = "定向抽查" if content.directed else "不定向抽查"
    condition = where_words(content.eligible)
    whom = f"名录中{condition}的机构" if condition else "名录中的全部机构"
    return [f"{kind}，对象为{whom}。{day}"]


def _method(content: PlanContent) -> Iterator[str]:
    if not content.fields:
        yield f"共抽取 {content.n:,} 家。"
    yield f"采用{METHOD_NAMES[content.method.value]}，当众由种子确定结果，过程和算式全部公布。"
    for cross in content.cross:
        yield f"{cross.name}：{between(cross.least, cross.most)}。"
    if content.reserves:
        yield f"每个领域的每一种交叉要求各备候补 {content.reserves} 家，按抽取次序递补。"
    if content.certain or content.exclusion_rules or content.excluded:
        # names would tell beforehand who is going to be visited
        yield f"必查 {len(content.certain):,} 家；按规定排除的机构及理由载入底册。"


def _schedule(content: PlanContent) -> Iterator[str]:
    for window in content.windows:
        if window.first and window.last:
            name = f"{window.name}：" if window.name else ""
            yield f"{name}{plain_day(window.first)}至{plain_day(window.last)}。"
    for deadline in content.deadlines:
        if deadline.day:
            yield f"{deadline.name}：{plain_day(deadline.day)}前。"
    opened = "检查前公示抽查名单" if content.publish_drawn else "检查结束后公示抽查名单"
    yield f"{content.notice.label}；{opened}。"


def _quotas(content: PlanContent) -> Flowable:
    rows: list[Cells] = [[words(quota.name), f"{quota.count:,}"] for quota in content.fields]
    rows.append([words("合计"), f"{content.n:,}"])
    return grid(("领域", "家数"), rows, (MEASURE - 30 * mm, 30 * mm), (1,))
