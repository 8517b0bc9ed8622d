"""The catalogue of faults holds together."""

import json
import re
from dataclasses import astuple

import pytest

from etl.merge.errors.catalogue import (
    CATALOGUE,
    FaultCode,
    fault_of,
    sentences,
)

CYRILLIC = re.compile("[а-яё]", re.IGNORECASE)


def test_a_code_is_reported_once() -> None:
    assert len({fault.code for fault in CATALOGUE}) == len(CATALOGUE)


@pytest.mark.parametrize("fault", CATALOGUE, ids=lambda fault: fault.code)
def test_a_fault_is_reported_whole_in_both_languages(fault: FaultCode) -> None:
    assert re.fullmatch("[A-Z_]{1,32}", fault.code)
    assert all(astuple(fault))
    assert all(CYRILLIC.search(text) for text in (fault.russian, fault.cause_russian, fault.cure_russian))
    assert not any(CYRILLIC.search(text) for text in (fault.english, fault.cause, fault.cure))


@pytest.mark.parametrize("fault", CATALOGUE, ids=lambda fault: fault.code)
def test_both_sentences_show_the_same(fault: FaultCode) -> None:
    assert re.findall("{.*?}", fault.english) == re.findall("{.*?}", fault.russian)


@pytest.mark.parametrize("fault", CATALOGUE, ids=lambda fault: fault.code)
def test_a_cure_begins_with_who_can(fault: FaultCode) -> None:
    assert fault.cure.startswith(("partner: ", "operator: ", "model author: "))
    assert fault.cure_russian.startswith(("партнёр: ", "оператор: ", "автор модели: "))


def test_an_unknown_code_has_no_entry() -> None:
    assert fault_of("NO_ID") is CATALOGUE[0]
    assert fault_of("GONE") is None


def test_sentences_fill_in_the_same_in_both_languages() -> None:
    for fault in CATALOGUE:
        filled = re.findall(r"\{\w+\}", fault.english)
        assert sorted(filled) == sorted(re.findall(r"\{\w+\}", fault.russian))
        assert set(filled) <= {"{column}", "{value}", "{reason}"}


def test_the_first_codes_are_a_contract() -> None:
    codes = {fault.code for fault in CATALOGUE}
    assert codes >= {"NO_ID", "OUT_ID_UNKNOWN", "IN_ID_TAKEN", "NUMBER_NOT_FINITE", "OPTION_UNKNOWN", "JSON_INVALID"}
    assert codes >= {"FILE_UNKNOWN", "VALUE_TOO_LONG", "REFERENCE_EXPIRED", "UNIQUE_TAKEN", "UNIQUE_TOO_LONG"}


def test_sentences_are_json_for_a_statement() -> None:
    assert json.loads(sentences())["NO_ID"][0].startswith("in_id and out_id are both empty")
