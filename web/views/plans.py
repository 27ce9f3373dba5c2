"""Plans: the list, new ones, the form in sections, versions and what changed between two."""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from core.calendar import china_date
from core.errors import NotFound
from core.regions import provinces
from core.roles import Permission, Place
from inspections.plan_content import to_sampler
from inspections.plan_drafts import copy_plan, draft_plan, import_toml, rename, save
from inspections.plan_lists import PlanSearch, find_plans
from inspections.plan_templates import TEMPLATES
from inspections.plan_toml import to_toml
from inspections.plans import FIRST_YEAR, LAST_YEAR, PUBLIC, PlanKind, PlanVersion
from web import lists
from web.auth import door, me, now
from web.database import session
from web.forms import UNPROCESSABLE, FormFault, Problems, number, text
from web.inspections import plan_files, plan_forms, plan_pages
from web.inspections.plan_fields import SECTION, SECTIONS, Section
from web.inspections.plan_list_file import plan_list_file
from web.inspections.plan_pages import Seen, faults_now, seen, to_edit

bp = Blueprint("plans", __name__)

READ, EDIT = Permission.PLANS_READ, Permission.PLANS_EDIT


# -- the list ----------------------------------------------------------------------------------


@bp.get("/plans")
@door(READ)
def index() -> ResponseReturnValue:
    """The plans within sight; filters stay in the address."""
    page = lists.page_number()
    start = (page - 1) * lists.SIZE
    found, total = find_plans(session(), me().scopes(READ), plan_pages.wanted(), start, lists.SIZE)
    return render_template(
        "plans/index.html",
        lines=found,
        paging=lists.Paging(page, total, unit="份"),
        chips=plan_pages.chips(),
        chosen={name: lists.text(name) for name in plan_pages.FILTERS},
        kinds=plan_pages.KINDS,
        states=plan_pages.STATES,
        regions=[(one.code, one.name) for one in provinces()],
        marks=plan_pages.MARKS,
        place=plan_pages.place_in_words,
        may_make=me().may(EDIT),
        kept=lists.filters(*plan_pages.FILTERS),
        address=lists.address,
    )


@bp.get("/plans.<any(csv, xlsx):suffix>")
@door(READ)
def export(suffix: str) -> ResponseReturnValue:
    """The same as a file."""
    search = plan_pages.wanted()
    found, _ = find_plans(session(), me().scopes(READ), search, 0, lists.MOST_EXPORTED)
    return plan_list_file(found, suffix, now())


# -- a new one ---------------------------------------------------------------------------------


@bp.get("/plans/new")
@door(EDIT)
def new() -> ResponseReturnValue:
    """From what to begin."""
    return _new_page({})


@bp.post("/plans")
@door(EDIT)
def create() -> ResponseReturnValue:
    """Begin a plan from a template, or after an older one."""
    with Problems() as problems:
        version = _begun(text("start"))
    if problems.found:
        return _new_page(problems.found), UNPROCESSABLE
    flash("已起草。请逐节核对，改好后提交审批。", "ok")
    return redirect(url_for("plans.show", plan_id=version.plan_id), 303)


def _begun(start: str) -> PlanVersion:
    year = number("year")
    if year is None or not FIRST_YEAR <= year <= LAST_YEAR:
        raise FormFault(field="year", words=f"请填写 {FIRST_YEAR} 到 {LAST_YEAR} 之间的年度。")
    if start.isascii() and start.isdecimal() and len(start) < 10:
        older = seen(int(start))
        _need_place(older.plan.region)
        return copy_plan(session(), older.plan.key, year, me().actor, now())
    if start not in TEMPLATES:
        raise FormFault(field="start", words="请选择从哪里开始。")
    template = TEMPLATES[start]
    region = text("region", 6) if template.kind is not PlanKind.NATIONAL else ""
    if template.kind is PlanKind.PROVINCIAL and not region:
        raise FormFault(field="region", words="省级计划请选择省份。")
    _need_place(region)
    heading, content = template.begin(year, region)
    return draft_plan(session(), heading, content, me().actor, now())


def _need_place(region: str) -> None:
    if not me().may(EDIT, Place(region=region)):
        raise FormFault(field="region", words="这一地区不在您当前身份的管辖范围内。")


def _new_page(faults: dict[str, str]) -> str:
    older, _ = find_plans(session(), me().scopes(READ), PlanSearch(), 0, lists.SIZE)
    open_to_me = [one for one in provinces() if me().may(EDIT, Place(region=one.code))]
    nationwide = me().may(EDIT, Place())
    return render_template(
        "plans/new.html",
        templates=[
            one for one in TEMPLATES.values() if nationwide or one.kind is not PlanKind.NATIONAL
        ],
        older=[line for line in older if me().may(EDIT, Place(region=line.plan.region))],
        regions=[(one.code, one.name) for one in open_to_me],
        nationwide=nationwide,
        chosen=text("start") or lists.text("start"),
        region=text("region") or ("" if nationwide or not open_to_me else open_to_me[0].code),
        year=text("year") or str(china_date(now()).year),
        faults=faults,
    )


# -- one plan ----------------------------------------------------------------------------------


@bp.get("/plans/<int:plan_id>")
@door(READ)
def show(plan_id: int) -> ResponseReturnValue:
    """A version of a plan: what it says, where it stands, what can be done with it."""
    found = seen(plan_id, lists.number("version"))
    faults = faults_now(found.version)
    return render_template(
        "plans/show.html",
        seen=found,
        plan=found.plan,
        version=found.version,
        content=found.version.content,
        told=plan_pages.told(found.version.content, faults),
        faults_found=faults,
        steps=plan_pages.open_steps(found),
        marks=plan_pages.MARKS,
        place=plan_pages.place_in_words,
        may_try=me().may(Permission.ROSTERS_READ, Place(region=found.plan.region)),
    )


@bp.get("/plans/<int:plan_id>/plan.toml")
@door(READ)
def file(plan_id: int) -> ResponseReturnValue:
    """What decides the draw as a plan file, for the command line."""
    found = seen(plan_id, lists.number("version"))
    answer = Response(to_toml(to_sampler(found.version.content)), content_type="application/toml")
    name = f"plan-{plan_id}-{found.version.number}.toml"
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer


@bp.get("/plans/<int:plan_id>/compare")
@door(READ)
def compare(plan_id: int) -> ResponseReturnValue:
    """What changed between two versions."""
    other = seen(plan_id, lists.number("to"))
    before = [one.number for one in other.versions if one.number < other.version.number]
    one = seen(plan_id, lists.number("from") or next(reversed(before), other.version.number))
    return render_template(
        "plans/compare.html",
        plan=one.plan,
        seen=other,
        one=one.version,
        other=other.version,
        found=plan_pages.differences(one.version.content, other.version.content),
    )


# -- the form ----------------------------------------------------------------------------------


@bp.get("/plans/<int:plan_id>/edit/<section>")
@door(EDIT)
def edit(plan_id: int, section: str) -> ResponseReturnValue:
    """A section of the form, with what is wrong in it."""
    found, part = to_edit(plan_id), _section(section)
    content = found.version.content
    mine = plan_forms.faults_in(part, faults_now(found.version))
    typed = plan_forms.typed_of(part, content)
    return _edit_page(found, part, typed, plan_forms.in_words(mine), found.version.revision)


@bp.post("/plans/<int:plan_id>/edit/<section>")
@door(EDIT)
def keep(plan_id: int, section: str) -> ResponseReturnValue:
    """Save a section, faults and all; what cannot be read comes back."""
    found, part = to_edit(plan_id), _section(section)
    before, typed = found.version.content, plan_forms.sent(part)
    reading = plan_forms.read(part, typed, before, plan_pages.items_for(before).refs)
    revision = number("revision") or 0
    with Problems() as problems:
        if part is SECTIONS[0] and found.version.state not in PUBLIC:
            _rename(found)
        if reading.content is not None:
            save(session(), found.version.key, reading.content, revision, me().actor, now())
    faults = [*reading.faults, *problems.found.items()]
    if faults:
        return _edit_page(found, part, typed, faults, revision), UNPROCESSABLE
    flash(f"已保存“{part.title}”。", "ok")
    return redirect(_after(plan_id, part), 303)


def _after(plan_id: int, part: Section) -> str:
    """Back to the plan, or on to the next section."""
    at = SECTIONS.index(part)
    if text("go") == "next" and at + 1 < len(SECTIONS):
        return url_for("plans.edit", plan_id=plan_id, section=SECTIONS[at + 1].key)
    if text("go") == "bench":
        return url_for("workbench.show", plan_id=plan_id)
    return url_for("plans.show", plan_id=plan_id)


def _rename(found: Seen) -> None:
    """The heading stands above all versions: it can be changed until one of them is public."""
    if any(one.state in PUBLIC for one in found.versions):
        return
    if not (title := text("title", 200)):
        raise FormFault(field="title", words="请填写计划标题。")
    rename(session(), found.plan.key, title, text("document_no", 100), me().actor, now())


def _section(key: str) -> Section:
    if key not in SECTION:
        raise NotFound(noun="page")
    return SECTION[key]


def _edit_page(
    found: Seen,
    part: Section,
    typed: plan_forms.Typed,
    faults: list[tuple[str, str]],
    revision: int,
) -> str:
    sheet = plan_forms.sheet(
        part, typed, plan_pages.items_for(found.version.content).options, faults
    )
    headed = part is SECTIONS[0] and not any(one.state in PUBLIC for one in found.versions)
    return render_template(
        "plans/edit.html",
        plan=found.plan,
        seen=found,
        version=found.version,
        sheet=sheet,
        section=part,
        sections=SECTIONS,
        counts=_counts(found),
        headed=headed,
        title=text("title") or found.plan.title,
        document_no=text("document_no") if request.form else found.plan.document_no,
        revision=revision,
        fault_title="有内容需要改正，还没有保存"
        if request.form
        else "已保存；这一节还有需要改正的地方",
        faults=dict(sheet.faults) | {name: words for name, words in faults if name in HEADED},
    )


HEADED = ("title", "document_no", "form")
"""Faults of the form that belong to no field of the content."""


def _counts(found: Seen) -> dict[str, int]:
    faults = faults_now(found.version)
    return {one.key: len(plan_forms.faults_in(one, faults)) for one in SECTIONS}


# -- a plan file -------------------------------------------------------------------------------


@bp.get("/plans/<int:plan_id>/import")
@door(EDIT)
def ask_for_file(plan_id: int) -> ResponseReturnValue:
    """Which plan file to take over, and what that means."""
    return _import_page(to_edit(plan_id), {}, [])


@bp.post("/plans/<int:plan_id>/import")
@door(EDIT)
def take_file(plan_id: int) -> ResponseReturnValue:
    """Take the quotas of a plan file over, or say everything that is wrong with it."""
    found = to_edit(plan_id)
    lines: list[str] = []
    with Problems() as problems:
        data = plan_files.sent()
        lines = plan_files.faults_in(data)
        if not lines:
            revision = number("revision") or 0
            import_toml(session(), found.version.key, data, revision, me().actor, now())
    if problems.found or lines:
        return _import_page(found, problems.found, lines), UNPROCESSABLE
    flash("已导入计划文件中的名额、权重和名单；依据、时间等没有改变。", "ok")
    return redirect(url_for("plans.show", plan_id=plan_id), 303)


def _import_page(found: Seen, faults: dict[str, str], lines: list[str]) -> str:
    if lines:
        faults = {"file": f"文件有 {len(lines)} 处错误，没有导入；逐条见下。"}
    return render_template(
        "plans/import.html", seen=found, plan=found.plan, version=found.version,
        faults=faults, lines=lines,
    )  # fmt: skip
