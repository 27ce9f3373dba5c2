"""Personal data: masked, and whoever reads them in clear is named in the trail."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session

from core import trail
from core.privacy import (
    READ,
    STAR,
    ReasonIsMissing,
    mask_email,
    mask_id_number,
    mask_name,
    mask_phone,
    reveal,
)
from tests.core.people import CLERK, NOW

digits = st.text("0123456789", max_size=20)


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("13812345678", "138****5678"),
        (" 13812345678 ", "138****5678"),
        ("0571-87654321", "***********21"),
        ("110", "***"),
        ("", ""),
    ],
)
def test_a_phone_number_keeps_what_its_owner_recognises_it_by(number: str, shown: str) -> None:
    assert mask_phone(number) == shown


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("33010619900307123X", "33**************3X"),
        ("330106900307123", "33***********23"),
        ("", ""),
    ],
)
def test_an_identity_number_never_shows_the_date_of_birth(number: str, shown: str) -> None:
    assert mask_id_number(number) == shown


@pytest.mark.parametrize(
    ("name", "shown"), [("张伟", "张*"), ("欧阳修", "欧**"), ("张", "*"), ("", "")]
)
def test_a_name_shows_its_first_character(name: str, shown: str) -> None:
    assert mask_name(name) == shown


@pytest.mark.parametrize(
    ("address", "shown"),
    [("li.na@example.cn", "l*****@example.cn"), ("a@b.cn", "a*****@b.cn"), ("", ""), ("x", "*")],
)
def test_an_address_shows_its_first_sign_and_its_host(address: str, shown: str) -> None:
    assert mask_email(address) == shown


@given(digits)
def test_at_most_seven_digits_of_a_phone_and_four_of_an_identity_number_are_shown(
    number: str,
) -> None:
    phone, identity = mask_phone(number), mask_id_number(number)

    assert len(phone) == len(identity) == len(number)
    assert sum(sign != STAR for sign in phone) <= 7
    assert sum(sign != STAR for sign in identity) <= 4
    assert sum(sign == STAR for sign in phone) * 3 >= len(number)
    assert sum(sign == STAR for sign in identity) * 2 >= len(number)


def test_whoever_reads_personal_data_is_named_with_field_and_reason(session: Session) -> None:
    reveal(session, CLERK, "inspector", 12, "id_number", NOW, " 核对执法证 ")

    (told,) = trail.pending(session)
    assert (told.action, told.noun, told.noun_id) == (READ, "inspector", "12")
    assert told.after == {"field": "id_number"}
    assert (told.actor_name, told.reason) == (CLERK.name, "核对执法证")


@pytest.mark.parametrize("reason", ["", "  ", "x" * 201])
def test_nobody_reads_personal_data_without_saying_what_for(session: Session, reason: str) -> None:
    with pytest.raises(ReasonIsMissing):
        reveal(session, CLERK, "inspector", 12, "phone", NOW, reason)

    assert trail.pending(session) == []
