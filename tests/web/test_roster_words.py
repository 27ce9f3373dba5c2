"""Every fact of every noun of the rosters has its word, and every code its label."""

import pytest

import web.tables  # noqa: F401  # with it every noun has its table
from rosters.entries import TABLES, Dated, Noun
from rosters.timeline import PRESENT
from web.words import rosters as words


@pytest.mark.parametrize("noun", Noun)
def test_every_noun_has_its_word(noun: Noun) -> None:
    assert words.noun_words(noun)


@pytest.mark.parametrize("noun", TABLES)
def test_every_fact_has_its_word(noun: Noun) -> None:
    facts = TABLES[noun].model_fields.keys() - Dated.model_fields.keys() | {PRESENT}

    assert [name for name in facts if words.fact_words(noun, name) == name] == []


@pytest.mark.parametrize("noun", TABLES)
def test_no_word_is_for_a_fact_that_does_not_exist(noun: Noun) -> None:
    assert words.FACTS.get(noun, {}).keys() - TABLES[noun].model_fields.keys() == set()


@pytest.mark.parametrize("noun", TABLES)
def test_every_code_is_shown_as_a_word(noun: Noun) -> None:
    for name in TABLES[noun].model_fields:
        for code in words.enum_of(TABLES[noun], name) or ():
            shown = words.value_words(noun, name, code.value)
            assert shown not in {"", code.value, "—"}


def test_a_region_is_shown_by_its_path_and_none_as_a_dash() -> None:
    assert words.value_words(Noun.INSTITUTION, "region", "330100") == "浙江省杭州市"
    assert words.value_words(Noun.INSTITUTION, "region", "") == "—"
    assert words.value_words(Noun.INSTITUTION, "credit_class", "") == "未评定"
