"""No secret in any message or picture of the settings."""

import pickle

import pytest

from tests.unit.settings.reading import IMPORT, MAIN, OUT, STORE, problems_of, settings_of

SECRET = "hunter2"


def test_settings_do_not_show_secrets() -> None:
    settings = settings_of(
        {
            IMPORT: f"host=h\ndbName=d\npassword={SECRET}",
            STORE: "password:ENV=P",
            MAIN: f"passwordToEnableServices={SECRET}",
        },
        environ={"P": SECRET},
    )
    for shown in (str(settings), repr(settings), repr(settings.values), repr(settings.import_database)):
        assert SECRET not in shown
    assert {s.shown for s in settings.values if s.key.secret and s.value.get_secret_value()} == {"******"}  # type: ignore[union-attr]


def test_the_default_of_a_secret_hides_nothing() -> None:
    """A lone dash is what the sample says for "no password"; masked, it would spoil every option in the log."""
    texts = {MAIN: "passwordToEnableServices=-", IMPORT: f"host=h\ndbName=d\npassword={SECRET}"}
    kept = {s.secret for s in settings_of(texts).values}
    assert kept == {"", SECRET}


def test_an_empty_secret_is_shown_as_none() -> None:
    [shown] = [s.shown for s in settings_of({}).values if s.file == IMPORT and s.key.name == "password"]
    assert shown == ""


@pytest.mark.parametrize(
    "text",
    [
        f"password={SECRET}\npassword={SECRET}",
        f"password={SECRET}",
        f"password={SECRET}\0",
        f"password:{SECRET}",
        f"password:{SECRET}=x",
        f"password:ENV={SECRET}!",
        f"password {SECRET}",
        f"password\n{SECRET}",
        f"pasword={SECRET}",
        f"pasword: {SECRET}",
        f"paßword={SECRET}",
        f"={SECRET}",
        f"host=postgresql://u:{SECRET}@h/d",
        f"host={SECRET} {SECRET}\ndbName=d",
    ],
)
def test_errors_do_not_show_what_may_be_a_secret(text: str) -> None:
    for path in (IMPORT, STORE, OUT):
        problems = problems_of({path: text})
        assert problems
        assert all(SECRET not in problem for problem in problems)


def test_a_bad_value_of_a_secret_variable_is_not_shown() -> None:
    problems = problems_of({IMPORT: "host=h\ndbName=d\npassword:ENV=P"}, environ={"P": f"{SECRET}\0"})
    assert problems == [f"/c/{IMPORT}:3: password: holds a NUL character: delete it (from the environment variable P)"]


def test_settings_travel_to_another_process_whole() -> None:
    settings = settings_of({IMPORT: f"host=h\ndbName=d\npassword={SECRET}"})
    assert pickle.loads(pickle.dumps(settings)) == settings
