"""The form of a succession: with which other institution, which of the two remains, and when."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from core.privacy import ReasonIsMissing
from core.roles import Permission
from rosters.entries import Noun
from rosters.finding.naming import Named
from rosters.successions import SuccessionKind
from web.auth import me
from web.forms import FormFault, Problems, text
from web.rosters import forms
from web.rosters.fields import LONGEST
from web.rosters.forms import DAY, MOST_REASON, REASON, EntryForm
from web.rosters.inputs import HINTS, Input, Shape
from web.rosters.institution_pages import institution_named, place
from web.rosters.references import meant

OTHER, REMAINS = "other", "remains"
THIS, THAT = "this", "other"

LABELS = {
    SuccessionKind.MERGER: "合并到哪一家，或与哪一家合并",
    SuccessionKind.SPLIT: "从这家分出来的机构",
    SuccessionKind.DUPLICATE: "重复登记的另一个条目",
}


@dataclass(frozen=True)
class SuccessionForm:
    """What was typed, and what it means unless there are faults.

    Attributes
    ----------
    ends : which of the two leaves the roster; None if both go on, after a split.
    """

    form: EntryForm
    of: Named
    kind: SuccessionKind
    other: Named | None = None
    day: date | None = None
    remains: str = ""

    @property
    def faults(self) -> Mapping[str, str]:
        """Why it cannot be carried out."""
        return self.form.faults

    @property
    def pair(self) -> tuple[Named, Named]:
        """Predecessor and successor."""
        assert self.other is not None  # or there would be a fault
        if self.kind is SuccessionKind.SPLIT or self.remains == THAT:
            return self.of, self.other
        return self.other, self.of

    @property
    def ends(self) -> Named | None:
        """Which of the two leaves the roster; None if both go on, after a split."""
        goes_on = self.kind is SuccessionKind.SPLIT and self.remains == THIS
        return None if goes_on else self.pair[0]


def fields(kind: SuccessionKind) -> tuple[Input, ...]:
    """What is asked."""
    other = Input(
        OTHER, LABELS[kind], Shape.INSTITUTION, required=True, hint=HINTS["institution_id"]
    )
    if kind is SuccessionKind.SPLIT:
        options = ((THIS, "原机构继续存在"), (THAT, "原机构不再存在，移出名录"))
        label = "原机构"
    else:
        options = ((THIS, "保留这一家，另一家并入"), (THAT, "保留另一家，这一家并入"))
        label = "保留哪一家"
    return other, Input(REMAINS, label, Shape.CHOICE, required=True, options=options)


def blank(of: Named, kind: SuccessionKind) -> SuccessionForm:
    """The form before anything is typed."""
    form = EntryForm(
        Noun.SUCCESSION, fields(kind), {OTHER: "", REMAINS: THIS},
        day=forms.today().isoformat(), expected=0,
    )  # fmt: skip
    return SuccessionForm(form, of, kind)


def sent(of: Named, kind: SuccessionKind) -> SuccessionForm:
    """The form as it was sent."""
    faults: dict[str, str] = {}
    found = meant(fields(kind)[0], text(OTHER, LONGEST))
    other, day = None, None
    if found.fault:
        faults[OTHER] = found.fault
    elif found.entry_id is not None:
        with Problems(faults):
            other = _other(of, found.entry_id)
    with Problems(faults):
        day = forms.effective_day()
    with Problems(faults):
        if not 0 < len(text(REASON, LONGEST)) <= MOST_REASON:
            raise ReasonIsMissing
    remains = THAT if text(REMAINS) == THAT else THIS
    form = replace(
        blank(of, kind).form,
        typed={OTHER: text(OTHER, LONGEST), REMAINS: remains},
        day=text(DAY),
        reason=text(REASON, LONGEST),
        faults=faults,
        offered={OTHER: found.offered} if found.offered else {},
    )
    return SuccessionForm(form, of, kind, other, day, remains)


def _other(of: Named, entry_id: int) -> Named:
    """The other institution, which has to be another, and within reach.

    Raises
    ------
    FormFault
    """
    if entry_id == of.entry_id:
        raise FormFault(field=OTHER, words="这就是同一个条目，请填另一家机构。")
    other = institution_named(entry_id)
    if not me().may(Permission.ROSTERS_EDIT, place(other)):
        raise FormFault(
            field=OTHER, words="这家机构不在您的管辖范围内，跨省的合并、分立请由总局办理。"
        )
    return other
