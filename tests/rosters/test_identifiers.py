import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc

from rosters.identifiers import (
    CERTIFIED_FIELDS,
    CREDIT_ALPHABET,
    INDUSTRIES,
    ISSUERS,
    CertificateNumber,
    compose_credit_code,
    credit_check_sign,
    is_credit_code,
    organisation_check_sign,
    read_certificate_number,
)

signs = st.sampled_from(CREDIT_ALPHABET)
bodies = st.text(signs, min_size=17, max_size=17)
organisations = st.text(signs, min_size=8, max_size=8)
kinds = st.sampled_from(["91", "12", "52"])
regions = st.text("0123456789", min_size=6, max_size=6)
certificates = st.builds(
    CertificateNumber,
    year=st.integers(2000, 2099),
    issuer=st.integers(0, len(ISSUERS) - 1),
    field=st.integers(0, len(CERTIFIED_FIELDS) - 1),
    industry=st.integers(0, len(INDUSTRIES) - 1),
    serial=st.integers(1, 9999),
)


@given(kinds, regions, organisations)
def test_every_composed_credit_code_is_valid(kind: str, region: str, organisation: str) -> None:
    code = compose_credit_code(kind, region, organisation)

    assert is_credit_code(code)
    assert code.startswith(kind + region + organisation)


@given(bodies)
def test_the_check_sign_is_that_of_an_independent_library(body: str) -> None:
    assert credit_check_sign(body) == uscc.calc_check_digit(body)


@given(kinds, regions, organisations, st.integers(0, 17), signs)
def test_one_wrong_sign_never_passes(
    kind: str, region: str, organisation: str, place: int, sign: str
) -> None:
    code = compose_credit_code(kind, region, organisation)
    wrong = code[:place] + sign + code[place + 1 :]

    assert is_credit_code(wrong) == (wrong == code)


@given(kinds, regions, organisations, st.integers(0, 16))
def test_two_neighbours_exchanged_never_pass(
    kind: str, region: str, organisation: str, place: int
) -> None:
    code = compose_credit_code(kind, region, organisation)
    wrong = code[:place] + code[place + 1] + code[place] + code[place + 2 :]

    assert is_credit_code(wrong) == (wrong == code)


def test_a_published_example_is_valid_in_both_check_signs() -> None:
    code = "91350100M000100Y43"

    assert is_credit_code(code)
    assert compose_credit_code(code[:2], code[2:8], code[8:16]) == code


def test_both_special_check_signs_of_an_organisation_code_occur() -> None:
    checks = {organisation_check_sign(f"{number:08}") for number in range(100)}

    assert checks == set("0123456789X")


@pytest.mark.parametrize(
    "text", ["", "91350100m000100y43", "9135-0100-M000100Y43", " 1", "１" * 18]
)
def test_what_is_not_exactly_a_credit_code_is_refused(text: str) -> None:
    assert not is_credit_code(text)


@pytest.mark.parametrize(
    ("kind", "region", "organisation"),
    [("9", "3300990", "00000000"), ("91", "33009A", "00000000"), ("91", "330099", "0000000I")],
)
def test_a_credit_code_is_not_composed_from_wrong_parts(
    kind: str, region: str, organisation: str
) -> None:
    with pytest.raises(ValueError, match=r"needs 8|substring|authority"):
        compose_credit_code(kind, region, organisation)


@given(certificates)
def test_a_certificate_number_says_what_was_written(number: CertificateNumber) -> None:
    assert read_certificate_number(str(number)) == number


@given(st.text("0123456789", min_size=12, max_size=12))
def test_a_certificate_number_is_read_whole_or_not_at_all(text: str) -> None:
    number = read_certificate_number(text)

    assert number is None or str(number) == text


@pytest.mark.parametrize(
    ("text", "issuer", "field", "industry"),
    [
        ("150001210001", "国家", "建筑工程", "铁路"),
        ("152701060001", "陕西", "建筑工程", "住房与建设"),
        ("161705070001", "湖北", "机动车安检", "交通"),
        ("162721110001", "陕西", "其他", "技术监督"),
    ],
)
def test_the_codes_mean_what_issuers_print(
    text: str, issuer: str, field: str, industry: str
) -> None:
    number = read_certificate_number(text)

    assert number is not None
    assert ISSUERS[number.issuer] == issuer
    assert CERTIFIED_FIELDS[number.field] == field
    assert INDUSTRIES[number.industry] == industry


@pytest.mark.parametrize(
    "text",
    [
        "",
        "15000121031",
        "153201060345",
        "150022060345",
        "150001350345",
        "150001210000",
        "１５０００１２１０３１８",
        "(2017)质监认字002号",
    ],
)
def test_a_number_of_another_form_is_a_doubt_and_no_fault(text: str) -> None:
    assert read_certificate_number(text) is None
