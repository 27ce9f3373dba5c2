"""What counts towards the risk of an institution: the published weights, and keeping them."""

from dataclasses import replace
from datetime import date
from itertools import groupby

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from core.roles import NATIONWIDE, Permission
from rosters.entries import Noun
from rosters.risk.indicators import (
    IndicatorGroup,
    adopt_standard,
    indicators_on,
    need_rising_bands,
)
from web import lists
from web.auth import door, need
from web.database import session
from web.forms import UNPROCESSABLE, Problems, text
from web.rosters import forms
from web.rosters.days import day_asked, kept_day
from web.rosters.entry_pages import Seen, seen
from web.rosters.forms import EntryForm, act, may_edit, today
from web.rosters.keeping import Keeping
from web.rosters.surroundings import Surroundings, edit_page

bp = Blueprint("indicators", __name__)


def _called(one: Seen) -> str:
    return str(one.facts.row.title)


KEEPING = Keeping(
    Noun.INDICATOR, "indicators", "风险指标", ends=False, nationwide=True, called=_called,
    without=("code", "group"),
)  # fmt: skip
"""What an indicator measures is fixed; what it weighs, and whether it counts, is not."""

BAND = replace(KEEPING, without=("code", "group", "most", "active"))
"""Of the bound of a class there is no more to say than where it begins."""


@bp.get("/risk/indicators")
@door(Permission.STATISTICS_READ)
def index() -> ResponseReturnValue:
    """All indicators and bounds on any day, with their weights and their basis."""
    found = indicators_on(session(), day_asked())
    groups = [(group, list(those)) for group, those in groupby(found, key=lambda one: one.group)]
    return render_template(
        "indicators/index.html",
        groups=groups,
        band=IndicatorGroup.BAND,
        may_change=may_edit(NATIONWIDE),
        day=day_asked(),
        is_today=kept_day() is None,
        kept_day=kept_day(),
        this_page=lists.here,
    )


@bp.post("/risk/indicators")
@door(Permission.ROSTERS_EDIT)
def adopt() -> ResponseReturnValue:
    """Begin with the standard indicators."""
    need(Permission.ROSTERS_EDIT, NATIONWIDE)
    adopt_standard(session(), act("采用标准风险指标"), today())
    flash("已采用标准指标，今天起生效。", "ok")
    return redirect(url_for("indicators.index"), 303)


@bp.get("/risk/indicators/<int:entry_id>")
@door(Permission.STATISTICS_READ)
def show(entry_id: int) -> ResponseReturnValue:
    """One indicator with its history."""
    # whoever may read scores may read what they are made of, wherever he works
    return KEEPING.show(entry_id, None)


@bp.get("/risk/indicators/<int:entry_id>/edit")
@door(Permission.ROSTERS_EDIT)
def edit(entry_id: int) -> ResponseReturnValue:
    """The form of an indicator."""
    return edit_page(*_form(entry_id))


@bp.post("/risk/indicators/<int:entry_id>")
@door(Permission.ROSTERS_EDIT)
def change(entry_id: int) -> ResponseReturnValue:
    """Change an indicator from a day on; the bounds of the classes must go on rising."""
    one = seen(Noun.INDICATOR, entry_id, Permission.ROSTERS_EDIT)
    keeping = _keeping(one)
    saved = forms.save(Noun.INDICATOR, entry_id, keeping.fields)
    form = saved.form
    if not saved.faults:
        with Problems() as problems:
            need_rising_bands(session(), date.fromisoformat(text(forms.DAY)))
        if problems.found:
            form = replace(form, faults={"weight": "".join(problems.found.values())})
    if form.faults:
        return edit_page(form, _around(one)), UNPROCESSABLE
    return keeping.back(entry_id, "变更已登记；下一次评分按新的指标计算。")


def _form(entry_id: int) -> tuple[EntryForm, Surroundings]:
    one = seen(Noun.INDICATOR, entry_id, Permission.ROSTERS_EDIT)
    return forms.opened(Noun.INDICATOR, entry_id, _keeping(one).fields), _around(one)


def _keeping(one: Seen) -> Keeping:
    return BAND if one.facts.row.group == IndicatorGroup.BAND else KEEPING


def _around(one: Seen) -> Surroundings:
    return Surroundings(
        f"变更：{_called(one)}",
        url_for("indicators.change", entry_id=one.entry_id),
        _called(one),
        url_for("indicators.show", entry_id=one.entry_id),
        "只影响生效日期之后的评分；以前的评分保留当时的指标和分值。",
    )
