"""What the pages of plans show: a version in words, what changed, who may take which step."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from flask import render_template

from core.accounts import names_of
from core.calendar import china_date
from core.roles import Permission
from inspections.plan_content import ItemRef, PlanContent
from inspections.plan_faults import PlanFault
from inspections.plan_items import item_ref
from inspections.plan_lists import PlanSearch, find_plans
from inspections.plan_reviews import faults_of
from inspections.plans import (
    FIRST_YEAR,
    LAST_YEAR,
    PUBLIC,
    WORKING,
    Plan,
    PlanKind,
    PlanNotFound,
    PlanState,
    PlanVersion,
    get_plan,
    place_of,
    versions_of,
)
from rosters.finding.entry_lists import check_items, joint_items
from web import lists
from web.auth import me, now
from web.database import session
from web.inspections.plan_fields import SECTIONS, Input, Options, Section, Shape, Table
from web.inspections.plan_forms import value_of
from web.words.accounts import region_words
from web.words.plans import COLUMNS, fault_words, place_words

MARKS = {
    PlanState.DRAFT: "act",
    PlanState.SUBMITTED: "warn",
    PlanState.APPROVED: "ok",
    PlanState.PUBLISHED: "ok",
    PlanState.RETURNED: "bad",
}
"""The mark of a state (`.tag`); the others have none."""

PLANS_SHOWN = 20
FILTERS = ("year", "region", "kind", "state", "q")
KINDS: Options = tuple((kind.value, kind.label) for kind in PlanKind)
STATES: Options = tuple((state.value, state.label) for state in PlanState)


# -- the list ----------------------------------------------------------------------------------


def list_page(template: str, row: Callable[[Plan], Mapping[str, object]]) -> str:
    """A page of the plans in reach, by year and words, each with what *row* tells of it."""
    page = lists.page_number()
    search = PlanSearch(year=lists.number("year"), words=lists.text("q"))
    scopes = me().scopes(Permission.PLANS_READ)
    found, total = find_plans(session(), scopes, search, (page - 1) * PLANS_SHOWN, PLANS_SHOWN)
    return render_template(
        template,
        rows=[row(line.plan) for line in found],
        paging=lists.Paging(page, total, PLANS_SHOWN, unit="份计划"),
        filters=lists.filters("year", "q"),
    )


def wanted() -> PlanSearch:
    """The filters of the address."""
    kind, state = lists.one_of("kind", dict(KINDS)), lists.one_of("state", dict(STATES))
    return PlanSearch(
        year=lists.number("year", FIRST_YEAR, LAST_YEAR),
        region=lists.text("region", 6) or None,
        kind=PlanKind(kind) if kind else None,
        state=PlanState(state) if state else None,
        words=lists.text("q"),
    )


def chips() -> list[tuple[str, str]]:
    """What is filtered now, each with the address that takes it away."""
    search = wanted()
    told = (
        ("q", "文字", search.words),
        ("year", "年度", str(search.year or "")),
        ("kind", "类别", search.kind.label if search.kind else ""),
        ("region", "地区", region_words(search.region) if search.region else ""),
        ("state", "状态", search.state.label if search.state else ""),
    )
    return [
        (f"{label}：{words}", lists.here(**{name: None, "page": None}))
        for name, label, words in told
        if words
    ]


def place_in_words(plan: Plan) -> str:
    """Whose institutions it is about."""
    return region_words(plan.region) if plan.region else "全国"


# -- one plan ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Seen:
    """A plan as far as who asks may see it; *version* is the one that is looked at.

    Attributes
    ----------
    names : of the people who have taken steps, by account.
    """

    plan: Plan
    version: PlanVersion
    versions: Sequence[PlanVersion]
    names: Mapping[int, str]
    may_edit: bool
    may_decide: bool
    may_draw: bool

    @property
    def mark(self) -> str:
        """The mark of its state."""
        return MARKS.get(self.version.state, "")

    @property
    def is_newest(self) -> bool:
        """Whether no later version is in sight."""
        return self.version is self.versions[-1]

    @property
    def can_be_drawn(self) -> bool:
        """Whether who asks may begin to draw after this version."""
        in_force = self.version.state is PlanState.PUBLISHED and self.version.frozen_at is None
        return self.may_draw and in_force

    @property
    def may_save(self) -> bool:
        """Whether who asks may change what the version says."""
        return self.may_edit and self.version.state in (PlanState.DRAFT, PlanState.RETURNED)


def seen(plan_id: int, number: int | None = None) -> Seen:
    """A plan with the version of a *number*, else the newest that may be seen.

    Raises
    ------
    PlanNotFound
        Also if there is one, but not for who asks.
    """
    plan = get_plan(session(), plan_id)
    place = place_of(session(), plan)
    versions = versions_of(session(), plan_id)
    if not me().may(Permission.PLANS_READ, place):
        versions = [one for one in versions if one.state in PUBLIC]
    found = [one for one in versions if number in (None, one.number)]
    if not found:
        raise PlanNotFound(plan=plan_id)
    people = {
        who
        for one in versions
        for who in (one.made_by, one.submitted_by, one.approved_by, one.published_by)
    }
    return Seen(
        plan,
        found[-1],
        versions,
        names_of(session(), people),
        me().may(Permission.PLANS_EDIT, place),
        me().may(Permission.PLANS_APPROVE, place),
        me().may(Permission.DRAWS_HOLD, place),
    )


def to_edit(plan_id: int) -> Seen:
    """The newest version of a plan that who asks may edit.

    Raises
    ------
    PlanNotFound
    """
    found = seen(plan_id)
    if not found.may_edit:
        raise PlanNotFound(plan=plan_id)
    return found


def faults_now(version: PlanVersion) -> list[PlanFault]:
    """What keeps a version that is not yet submitted from being so."""
    if version.state not in (PlanState.DRAFT, PlanState.RETURNED):
        return []
    return faults_of(session(), version, now())


@dataclass(frozen=True)
class Told:
    """A section of a version in words, with what is wrong in it."""

    section: Section
    lines: Sequence[tuple[str, str]]
    tables: Sequence[tuple[Table, Sequence[Sequence[str]]]]
    faults: Sequence[tuple[str, str]]


def told(content: PlanContent, faults: Sequence[PlanFault] = ()) -> list[Told]:
    """A version section by section."""
    return [_told(section, content, faults) for section in SECTIONS]


def _told(section: Section, content: PlanContent, faults: Sequence[PlanFault]) -> Told:
    mine = [fault for fault in faults if fault.at.partition(".")[0] in section.names]
    return Told(
        section,
        [
            (part.label, words)
            for part in section.parts
            if isinstance(part, Input) and (words := words_of(part, content))
        ],
        [
            (part, rows)
            for part in section.parts
            if isinstance(part, Table) and (rows := list(rows_of(part, content)))
        ],
        [(place_words(fault.at), fault_words(fault)) for fault in mine],
    )


def words_of(part: Input, content: PlanContent) -> str:
    """What a version says in a field; empty if nothing."""
    value = value_of(part.name, content)
    if part.shape is not Shape.TICKS:
        return part.words(value) if value is not None else ""
    return "\n".join(
        f"{one.number} {one.name}" if isinstance(one, ItemRef) else COLUMNS.get(one, one)
        for one in value
    )


def rows_of(part: Table, content: PlanContent) -> Iterator[list[str]]:
    """The entries of a table in words."""
    for entry in value_of(part.name, content):
        yield [_cell(one, getattr(entry, one.name)) for one in part.columns]


def _cell(one: Input, value: object) -> str:
    return "" if value is None else one.words(value)


# -- what changed ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Difference:
    """A field that reads otherwise in two versions."""

    label: str
    before: Sequence[str]
    after: Sequence[str]


def differences(one: PlanContent, other: PlanContent) -> list[Difference]:
    """What reads otherwise, in the order of the form."""
    return [
        Difference(part.label, before, after)
        for section in SECTIONS
        for part in section.parts
        if (before := _lines(part, one)) != (after := _lines(part, other))
    ]


def _lines(part: Input | Table, content: PlanContent) -> list[str]:
    if isinstance(part, Input):
        return words_of(part, content).splitlines()
    return ["　".join(cell for cell in row if cell) for row in rows_of(part, content)]


# -- items of the lists in force ---------------------------------------------------------------


@dataclass(frozen=True)
class Items:
    """The items that can be ticked, and their words, for both lists."""

    options: Mapping[str, Options]
    refs: Mapping[str, ItemRef]


def items_for(content: PlanContent) -> Items:
    """The items of the lists on the day of the roster, and those that the plan has already."""
    day = content.roster_day or china_date(now())
    refs: dict[str, ItemRef] = {}
    options = {}
    for name, read in (("check_items", check_items), ("joint_items", joint_items)):
        listed = [item_ref(row) for row in read(session(), day)]
        refs |= {str(item.entry_id): item for item in listed}
        gone = [one for one in value_of(name, content) if str(one.entry_id) not in refs]
        options[name] = (*_options(listed), *_options(gone, "（已不在清单中）"))
    return Items(options, refs)


def _options(items: Iterable[ItemRef], mark: str = "") -> Options:
    return tuple((str(one.entry_id), f"{one.number}　{one.name}{mark}") for one in items)


# -- steps -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Step:
    """Something to be done with a version as a whole.

    Attributes
    ----------
    means : what it does, asked before it is done.
    asks : the field that its form has: reason, document_no, or none.
    """

    key: str
    label: str
    title: str
    means: str
    states: tuple[PlanState, ...]
    decides: bool = False
    asks: str = ""
    is_main: bool = True
    danger: bool = False

    def is_open(self, found: Seen) -> bool:
        """Whether who asks can take it now."""
        allowed = found.may_decide if self.decides else found.may_edit
        return allowed and found.is_newest and self._fits(found)

    def _fits(self, found: Seen) -> bool:
        if self.decides and me().user.key in (found.version.made_by, found.version.submitted_by):
            return False
        if self.key == "new" and found.version.frozen_at is not None:
            return False
        return found.version.state in self.states


STEPS = {
    step.key: step
    for step in (
        Step("submit", "提交审批", "提交审批",
             "提交后不能再改；由另一人审批，退回后可以再改。",
             (PlanState.DRAFT, PlanState.RETURNED)),
        Step("approve", "批准", "批准计划",
             "批准的是您现在看到的这一版；批准后由编制人公布。",
             (PlanState.SUBMITTED,), decides=True),
        Step("publish", "公布", "公布计划",
             "公布后任何人都能查看；以后的修改须说明理由，作为新版本重新审批。",
             (PlanState.APPROVED,), asks="document_no"),
        Step("new", "修改（新版本）", "起草新版本",
             "新版本从现行内容开始，须重新审批和公布；此前现行版本继续有效。",
             (PlanState.PUBLISHED, PlanState.WITHDRAWN), asks="reason", is_main=False),
        Step("return", "退回", "退回计划",
             "退回编制人修改；理由写进记录。",
             (PlanState.SUBMITTED, PlanState.APPROVED), decides=True, asks="reason",
             is_main=False),
        Step("withdraw", "撤回", "撤回这一版",
             "撤回后不再办理；留在版本记录中。",
             WORKING, is_main=False, danger=True),
    )
}  # fmt: skip
"""By key, the way forward first."""


def open_steps(found: Seen) -> list[Step]:
    """The steps that who asks can take now."""
    return [step for step in STEPS.values() if step.is_open(found)]
