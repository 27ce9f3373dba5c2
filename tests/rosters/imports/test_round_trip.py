"""What is exported and imported again changes nothing, here or in an empty roster."""

import io
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlmodel import Session

from core.database import writing
from core.roles import NATION, Scope, ScopeKind
from rosters.changes import Saying, new_entries, state
from rosters.entries import Noun
from rosters.finding.institution_lists import Filters
from rosters.imports.exports import export_rows
from rosters.imports.nouns import FORMS
from rosters.institution_sheets import COLUMNS, sheet_rows
from rosters.sheets.cells import Value
from rosters.sheets.columns import Column
from rosters.sheets.export import write_csv, write_xlsx
from rosters.vocabularies import SPOT_CHECK_FIELDS, joined
from tests.rosters.imports.desk import DAY, Desk, code, rows_of
from tests.rosters.imports.test_other_files import FILES

WRITERS = {"名录.csv": write_csv, "名录.xlsx": write_xlsx}

# control characters, blanks around it and its Unicode form are no part of a text: the reader
# settles them
texts = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=12).map(
    lambda text: unicodedata.normalize("NFC", text)
)
nasty = texts | st.sampled_from(["=1+1", "-演示", "@演示", "'演示", "00012", "123456789012345678"])
days = st.dates(date(2015, 1, 1), date(2040, 1, 1))


def exported(desk: Desk, noun: Noun, name: str) -> bytes:
    """The file that somebody downloads."""
    form = FORMS[noun]
    rows = export_rows(desk.session, form, DAY, [NATION])
    return written(form.columns, rows, name)


def written(columns: Sequence[Column], rows: Iterable[Mapping[str, Value]], name: str) -> bytes:
    stream = io.BytesIO()
    if name.endswith(".csv"):
        write_csv(columns, rows, stream)
    else:
        write_xlsx(columns, rows, stream, "演示名录")
    return stream.getvalue()


institutions = st.fixed_dictionaries(
    {
        "address": nasty,
        "parent": nasty,
        "region": st.sampled_from(["", "330000", "330100", "110000", "660000"]),
        "legal_form": st.sampled_from(["company", "public", "other"]),
        "level": st.sampled_from(["national", "provincial"]),
        "credit_class": st.sampled_from(["", "A", "D"]),
        "standing": st.sampled_from(["active", "deregistered"]),
        "fields": st.sets(st.sampled_from(SPOT_CHECK_FIELDS)).map(
            lambda terms: joined(terms, SPOT_CHECK_FIELDS)
        ),
        "remark": nasty,
    }
)
held = st.lists(st.tuples(days, st.sampled_from(["valid", "suspended", "revoked"])), max_size=3)


def fill(desk: Desk, drawn: list[tuple[dict[str, Any], Any, bool]]) -> None:
    """Institutions with their belongings; some without a code."""
    sayings: list[Saying] = []

    def say(noun: Noun, **facts: Any) -> int:
        (entry,) = new_entries(desk.session, noun, 1)
        sayings.append(Saying(noun, entry, facts, DAY))
        return entry

    for number, (facts, certificates, coded) in enumerate(drawn):
        name, credit_code = f"演示第{number}检测公司", code(number) if coded else ""
        entry = say(Noun.INSTITUTION, name=name, credit_code=credit_code, **facts)
        for serial, (begins, state_of) in enumerate(certificates):
            say(
                Noun.CERTIFICATE,
                institution_id=entry,
                number=f"21001{number:03}{serial:04}",
                issued_on=begins,
                expires_on=begins + timedelta(days=2190),
                state=state_of,
            )
        phone = "000-00000001"
        say(Noun.CONTACT, institution_id=entry, role="liaison", name="演示员", phone=phone)
        say(Noun.QI_CENTRE, institution_id=entry, name=f"国家演示第{number}中心")
    state(desk.session, desk.act(), sayings)


@pytest.mark.parametrize("name", WRITERS)
# without shrinking: a failing example takes seconds on two databases, and is small anyway
@settings(
    max_examples=5,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(drawn=st.lists(st.tuples(institutions, held, st.booleans()), min_size=1, max_size=3))
def test_an_exported_roster_comes_back_without_effect(
    engine: Any, tmp_path: Path, name: str, drawn: list[tuple[dict[str, Any], Any, bool]]
) -> None:
    with Session(writing(engine), expire_on_commit=False) as session:
        desk = Desk(session, tmp_path)
        fill(desk, drawn)
        before = desk.dump()

        one = desk.bring(exported(desk, Noun.INSTITUTION, name), name)

        assert {fault for _, fault in desk.told(one)} <= {"certificate_unusual"}
        assert rows_of(one).keys() == {"unchanged"}
        assert desk.dump() == before
        session.rollback()


@pytest.mark.parametrize("noun", FILES)
@pytest.mark.parametrize("name", WRITERS)
def test_every_other_noun_comes_back_without_effect(
    session: Session, tmp_path: Path, noun: Noun, name: str
) -> None:
    desk = Desk(session, tmp_path)
    desk.enter(Noun.INSTITUTION, name="演示甲检测公司", credit_code=code(1), region="330100")
    desk.enter(Noun.DEPARTMENT, name="演示省市场监督管理局", region="330000")
    desk.enter(Noun.INSPECTOR, name="演示员一", staff_no="演示-0001", region="330000")
    desk.noun = noun
    desk.bring([FILES[noun]])

    one = desk.bring(exported(desk, noun, name), name)

    assert rows_of(one).keys() == {"unchanged"}


def test_a_province_exports_its_own(session: Session, tmp_path: Path) -> None:
    desk = Desk(session, tmp_path)
    for number, region in enumerate(("330100", "110000", "")):
        desk.enter(Noun.INSTITUTION, name=f"演示{number}", credit_code=code(number), region=region)
    scopes = [Scope(ScopeKind.REGION, "330000")]

    rows = list(export_rows(session, FORMS[Noun.INSTITUTION], DAY, scopes))

    assert [row["name"] for row in rows] == ["演示0"]


@pytest.mark.parametrize("name", WRITERS)
def test_the_file_of_a_list_comes_back_without_effect(
    session: Session, tmp_path: Path, name: str
) -> None:
    desk = Desk(session, tmp_path)
    one = desk.enter(Noun.INSTITUTION, name="=演示甲", credit_code=code(1), region="330100")
    desk.enter(Noun.INSTITUTION, name="演示乙", registration_no="330181000099999", fields="其他")
    for number in ("210012340001", "210012340002"):
        desk.enter(Noun.CERTIFICATE, institution_id=one, number=number, expires_on="2027-04-30")
    desk.enter(Noun.QI_CENTRE, institution_id=one, name="演示中心")

    rows = sheet_rows(session, Filters(DAY), [NATION])
    again = desk.bring(written(COLUMNS, rows, name), name)

    assert rows_of(again) == {"unchanged": 3}
