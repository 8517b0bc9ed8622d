"""The key=value grammar, line by line."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl import __version__
from etl.errors import ConfigurationError
from tests.unit.settings.reading import IMPORT, MAIN, OUT, STORE, WORKERS, problems_of, settings_of


def test_comments_and_blank_lines_say_nothing() -> None:
    text = "# chunkRows=1\n\n   \t\n  ## chunkRows=2\n#\nchunkRows=5000\n"
    assert settings_of({MAIN: text}).in_migration.chunk_rows == 5000


def test_an_unknown_key_may_be_one_of_a_newer_program() -> None:
    """Where it resembles none that is known here."""
    [problem] = problems_of({MAIN: "zzz=5\n"})
    assert problem.endswith(f"or a newer etl knows it, this is {__version__}")
    [problem] = problems_of({MAIN: "chunkRow=5\n"})
    assert "newer" not in problem


def test_the_first_equals_sign_splits() -> None:
    settings = settings_of({IMPORT: "host=h\ndbName=d\npassword=a=b==c\n"})
    assert settings.import_database.password.get_secret_value() == "a=b==c"


def test_key_and_value_are_trimmed() -> None:
    assert settings_of({MAIN: "\t chunkRows \t=  5000  "}).in_migration.chunk_rows == 5000


def test_windows_line_ends_are_tolerated() -> None:
    settings = settings_of({MAIN: "chunkRows=5000\r\n\r\n# x\r\nnullPolicy=keep\r\n"})
    assert (settings.in_migration.chunk_rows, settings.in_migration.null_policy) == (5000, "keep")


def test_there_are_no_trailing_comments() -> None:
    settings = settings_of({IMPORT: "host=h\ndbName=d\npassword=1 # no\n"})
    assert settings.import_database.password.get_secret_value() == "1 # no"


def test_only_a_newline_ends_a_line() -> None:
    settings = settings_of({IMPORT: "host=h\ndbName=d\npassword=a\x0bb\u2028c\x85d\n"})
    assert settings.import_database.password.get_secret_value() == "a\x0bb\u2028c\x85d"


def test_a_bare_key_leaves_the_default() -> None:
    assert settings_of({MAIN: "chunkRows\nerrorLimit"}).in_migration.chunk_rows == 1_500_000


def test_a_value_may_come_from_the_environment() -> None:
    settings = settings_of(
        {IMPORT: "host=h\ndbName=d\npassword:ENV=SECRET\nport : ENV = PORT"},
        environ={"SECRET": " hunter2 ", "PORT": "6432"},
    )
    assert settings.import_database.password.get_secret_value() == " hunter2 "
    assert settings.import_database.port == 6432


def test_an_undefined_variable_is_named_with_path_line_and_key() -> None:
    assert problems_of({IMPORT: "\npassword:ENV=DB_PASS"}) == [
        f"/c/{IMPORT}:2: password: the environment variable DB_PASS is not defined: define it where etl is started"
    ]


def test_a_bad_value_names_the_variable_it_came_from() -> None:
    [problem] = problems_of({MAIN: "chunkRows:ENV=ROWS"}, environ={"ROWS": "many"})
    assert problem.startswith(f"/c/{MAIN}:1: chunkRows: 'many' is not a number from 1000 to 10000000 (rows)")
    assert problem.endswith("(from the environment variable ROWS)")


@pytest.mark.parametrize(
    ("text", "line", "key", "sentence"),
    [
        ("=5", 1, "", "this line has no key"),
        ("# x\n  = ", 2, "", "this line has no key"),
        ("chunk rows=5", 1, "", "this line has no key"),
        ("ключ=5", 1, "", "this line has no key"),
        ("chunkRows=5000\nchunkRows=6000", 2, "chunkRows", "is already on line 1"),
        ("chunkRows\n\nchunkRows=5000", 3, "chunkRows", "is already on line 1"),
        ("chunkRows:FILE=x", 1, "chunkRows", "only chunkRows:ENV=NAME is known after a colon"),
        ("chunkRows:env=A", 1, "chunkRows", "only chunkRows:ENV=NAME is known after a colon"),
        ("chunkRows:ENV", 1, "chunkRows", "only chunkRows:ENV=NAME is known after a colon"),
        ("chunkRows: 5000", 1, "chunkRows", "only chunkRows:ENV=NAME is known after a colon"),
        ("chunkRows:ENV=", 1, "chunkRows", "after :ENV= write the name of an environment variable"),
        ("chunkRows:ENV=1A", 1, "chunkRows", "after :ENV= write the name of an environment variable"),
        ("chunkRows:ENV=B", 1, "chunkRows", "the environment variable B is not defined"),
        ("chunkRow=5000", 1, "chunkRow", "unknown key; did you mean chunkRows?"),
        ("CHUNKROWS=5000", 1, "CHUNKROWS", "unknown key; did you mean chunkRows?"),
        ("chunkrows", 1, "chunkrows", "unknown key; did you mean chunkRows?"),
        ("x=5", 1, "x", "unknown key; known here: companyCode, "),
        ("chunkRows=", 1, "chunkRows", "has no value: write a number from 1000 to 10000000 (rows)"),
        ("chunkRows=12x", 1, "chunkRows", "'12x' is not a number from 1000"),
        ("chunkRows=5_000", 1, "chunkRows", "'5_000' is not a number"),
        ("chunkRows=٥٠٠٠", 1, "chunkRows", "is not a number"),
        ("chunkRows=5000.0", 1, "chunkRows", "'5000.0' is not a number"),
        ("chunkRows=999", 1, "chunkRows", "'999' is not a number from 1000 to 10000000 (rows)"),
        ("chunkRows=-5000", 1, "chunkRows", "'-5000' is not a number from 1000"),
        ("chunkRows=10000001", 1, "chunkRows", "is not a number from 1000 to 10000000"),
        ("chunkRows=" + "9" * 5000, 1, "chunkRows", "9…' is not a number"),
        ("trackTimings=maybe", 1, "trackTimings", "'maybe' is not true or false"),
        ("trackTimings=", 1, "trackTimings", "has no value: write true or false"),
        ("nullPolicy=Clear", 1, "nullPolicy", "'Clear' is not one of clear, keep"),
        ("nullPolicy=", 1, "nullPolicy", "has no value: write one of clear, keep"),
        ("errorLimit=-1", 1, "errorLimit", "'-1' is not a number from 0"),
        ("companyCode=1x", 1, "companyCode", "is not a company code: write letters"),
        ("companyCode=a/../b", 1, "companyCode", "is not a company code: write letters"),
        ("leaseSeconds=29", 1, "leaseSeconds", "29 is too short for heartbeatSeconds 10: write at least 30"),
    ],
)
def test_broken_lines(text: str, line: int, key: str, sentence: str) -> None:
    [problem] = problems_of({MAIN: text})
    assert problem.startswith(f"/c/{MAIN}:{line}: " + (f"{key}: " if key else ""))
    assert sentence in problem
    assert len(problem) < 400


def test_all_problems_of_all_files_come_at_once_in_order() -> None:
    texts = {
        WORKERS: "comeKafkaInMigration = 0",
        MAIN: "chunkRows=x\nnullPolicy=x",
        OUT: "port=0",
        STORE: "sslmode=maybe",
        IMPORT: "hasInMigration=perhaps",
        "companies/demo/configs/InMigrationConfig.txt": "# x\nworkMemMb=1.5",
    }
    assert [problem.split(": ")[:2] for problem in problems_of(texts)] == [
        ["/c/companies/demo/configs/InMigrationConfig.txt:2", "workMemMb"],
        [f"/c/{MAIN}:1", "chunkRows"],
        [f"/c/{MAIN}:2", "nullPolicy"],
        [f"/c/{IMPORT}:1", "hasInMigration"],
        [f"/c/{OUT}:1", "port"],
        [f"/c/{STORE}:1", "sslmode"],
        [f"/c/{WORKERS}:1", "comeKafkaInMigration"],
    ]


_LINES = st.one_of(
    st.text(),
    st.sampled_from(
        ["host", "port", "dbName", "password", "chunkRows", "leaseSeconds", "errorLimit", "companyCode"]
    ).flatmap(lambda key: st.text().map(lambda value: f"{key}={value}")),
    st.text().map(lambda name: f"password:ENV={name}"),
)
_PATHS = st.one_of(
    st.sampled_from([IMPORT, STORE, OUT, MAIN, WORKERS, f"companies/demo/{MAIN}", "configs/AdConfig.txt"]), st.text()
)


@given(
    texts=st.dictionaries(_PATHS, st.lists(_LINES).map("\n".join)),
    company=st.one_of(st.none(), st.just("demo"), st.text()),
    environ=st.dictionaries(st.sampled_from(["A", "MYBPM_OUT_MIGRATION_VERSION"]), st.text()),
)
def test_any_text_gives_settings_or_a_configuration_error(
    texts: dict[str, str], company: str | None, environ: dict[str, str]
) -> None:
    with contextlib.suppress(ConfigurationError):
        settings_of(texts, company=company, environ=environ)
