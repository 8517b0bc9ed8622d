"""The languages of the console: one set of keys and places, plural forms, numbers, durations; every text is used."""

import re
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

import etl.web
from etl.ddl.changed_tables import Alteration
from etl.merge.errors.catalogue import CATALOGUE
from etl.metadata.changed_rules import Rule
from etl.monitoring import Act, Grade, State
from etl.monitoring.impact_texts import Impact, Party
from etl.runs import Kind
from etl.web.language import LANGUAGES as OFFERED
from etl.web.menu import MENU
from etl.web.routes import ACTIONS
from etl.web.texts import LANGUAGES, Language, language, placeholders

OTHERS = [code for code in LANGUAGES if code != "en"]
WEB = Path(etl.web.__file__).parent
# Groups whose keys are made from names of other packages, in pages and templates.
BY_NAME = tuple(
    f"{group}."
    for group in (
        *(
            "verdict",
            "menu",
            "role",
            "reader_state",
            "grade",
            "act",
            "ask",
            "unit",
            "task",
            "task_state",
            "runner",
            "version",
            "counter",
        ),
        *("unit_kind", "error_state", "severity", "known", "in_status", "instance_state", "undone", "level", "origin"),
        *("file", "problem", "source", "outcome", "did", "own", "step", "change", "fresh", "brought", "sync_result"),
        *("impact", "party", "alteration", "repaired"),
    )
)


# English and Russian have these in the catalogue of errors.
OF_CATALOGUE = ("cause.", "cure.")


@pytest.fixture(scope="module")
def sources() -> str:
    return "\n".join(
        path.read_text() for path in sorted(WEB.rglob("*")) if path.suffix in (".html", ".py") and path.is_file()
    )


@pytest.mark.parametrize("code", OTHERS)
def test_all_languages_have_the_same_keys_and_places(code: str) -> None:
    english, other = language("en").texts, language(code).texts
    assert list(english) == [key for key in other if not key.startswith(OF_CATALOGUE)]
    assert not {key for key in english if placeholders(english[key]) != placeholders(other[key])}


def test_every_error_has_its_cause_and_cure_in_kazakh() -> None:
    wanted = [f"{group}{one.code}" for group in OF_CATALOGUE for one in CATALOGUE]
    assert [key for key in language("kk").texts if key.startswith(OF_CATALOGUE)] == wanted


@pytest.mark.parametrize("code", LANGUAGES)
def test_plurals_have_the_forms_of_their_language(code: str) -> None:
    forms = {"one", "few", "other"} if code == "ru" else {"one", "other"}
    wrong = [key for key, text in language(code).texts.items() if not isinstance(text, str) and set(text) != forms]
    assert not wrong


def test_the_languages_are_those_that_are_offered() -> None:
    assert tuple(LANGUAGES) == OFFERED


@pytest.mark.parametrize(
    ("n", "form"), [(1, "one"), (2, "few"), (5, "other"), (11, "other"), (12, "other"), (21, "one")]
)
def test_russian_forms(n: int, form: str) -> None:
    assert language("ru").form(n) == form
    assert language("kk").form(n) == language("en").form(n) == ("one" if n == 1 else "other")


def test_numbers_are_grouped_and_names_are_not() -> None:
    assert language("en").number(1234567.5, 1) == "1,234,567.5"
    assert language("ru").number(1234567.5, 1) == "1\u202f234\u202f567,5"
    assert language("en")("now.behind", n=1234) == "1,234 changes behind"
    rate = language("ru").number(91_000)
    assert language("ru")("now.rate", rate=rate) == "91\u202f000 строк/с"
    assert "1883069173526821927" in language("en")("undo.ask", run="1883069173526821927")


def test_durations_have_two_units_at_most() -> None:
    english = language("en")
    assert [english.duration(one) for one in (0.25, 0, 59, 61, 3600, 90_061, None)] == [
        *("0.2 s", "0 s", "59 s", "1 min 1 s", "1 h", "1 d 1 h", "")
    ]


def test_values_fill_sentences_as_times_and_durations() -> None:
    values = {"since": datetime(2026, 11, 29, 3, tzinfo=UTC), "last": None}
    found = language("en").filled("verdict.late", values, ZoneInfo("Asia/Almaty"))
    assert found == "A hand-over is overdue since 2026-11-29 08:00; the last one came at –."


def test_what_comes_from_outside_cannot_turn_a_sentence_around() -> None:
    shown = language("en")("kafka.missing", topic="\u202eevil\x1b שלום")
    assert "\u202e" not in shown
    assert "\x1b" not in shown
    assert "\u2068" in shown  # letters from right to left keep to themselves


def test_every_name_that_pages_show_has_a_text() -> None:
    english = language("en")
    named = {f"verdict.{one}" for one in State} | {f"act.{one}" for one in Act if one != Act.SHOW_HOLDER}
    named |= {f"grade.{one}" for one in Grade} | {f"task.{one}" for one in Kind}
    named |= {f"menu.{name}" for name, _ in MENU} | {f"did.{one.name}" for one in ACTIONS}
    named |= {f"impact.{one}" for one in Impact} | {f"party.{one}" for one in Party}
    named |= {f"alteration.{one.replace(',', '').replace(' ', '_')}" for one in (*Alteration, *Rule)}
    assert not {key for key in named if not english.has(key)}


def test_every_key_is_used_and_every_used_key_is_there(sources: str) -> None:
    known = set(language("en").texts)
    asked = set(re.findall(r"""\b(?:t|sentence_of)\(\s*["']([a-z_]+\.[A-Za-z_]+)["']""", sources))
    assert not asked - known
    assert not {key for key in known - asked if not key.startswith(BY_NAME)}


def test_a_missing_value_is_a_fault_of_ours() -> None:
    with pytest.raises(KeyError):
        Language("en", {"a": "{b}"})("a")
