"""The forms of all nouns that come in files."""

from core.errors import NotFound
from rosters.entries import Noun
from rosters.imports.forms import Form
from rosters.imports.institution_form import INSTITUTIONS
from rosters.imports.people_forms import DEPARTMENTS, EXPERTS, INSPECTORS, RELATIONS
from rosters.imports.record_forms import (
    CERTIFICATES,
    CHECK_ITEMS,
    FLAGS,
    JOINT_ITEMS,
    PROFICIENCY_RESULTS,
)


class NoSuchForm(NotFound):
    """Entries of this noun do not come in files of their own."""

    code = "no_such_roster_form"


FORMS: dict[Noun, Form] = {
    form.noun: form
    for form in (
        INSTITUTIONS,
        CERTIFICATES,
        INSPECTORS,
        EXPERTS,
        RELATIONS,
        FLAGS,
        PROFICIENCY_RESULTS,
        CHECK_ITEMS,
        JOINT_ITEMS,
        DEPARTMENTS,
    )
}
"""By noun, in the order in which a page offers them."""


def form_of(noun: str) -> Form:
    """The form of a noun named from outside.

    Raises
    ------
    NoSuchForm
    """
    found = next((form for form in FORMS.values() if form.noun.value == noun), None)
    if found is None:
        raise NoSuchForm(noun=noun)
    return found
