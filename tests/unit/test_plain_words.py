"""Code, messages, SQL and docs use the words of docs/glossary.md: the private ones of earlier days stay away."""

import re
from collections.abc import Iterator
from pathlib import Path

from tests.documentation import CHECKOUT

DROPPED = (
    r"house|houses|board|bearing|ears|mend\w*|telling|told|twins?|brakes?|heirs?|beaten|anew|guilty|alarm\w*|desk"
    r"|way back"
    r"|somebody|nobody|whoever|everybody|anybody|so many|bears?|productive|figures|rights|go(?:es)? on|at work|him"
    r"|lanes|strike|struck|sown?|sows|sowing|fates?|books|rooms|is_wanted|are_many|go_on|watchman|errands?|travelling|way_back"
)
# What the vendor, the metadata or PostgreSQL fix, the columns of the benchmark's table, and the system account nobody;
# this file, and dumps of an older version.
ALLOWED = re.compile(
    r"SIGALRM|'house'|scripts/bench/sql|rename column t|postgres\W+(?:or )?nobody\b|`nobody`|getpwnam|House text"
    r"|code: House\b|^tests/unit/test_plain_words|^tests/data/older_version"
)
FOLDERS = (
    "etl",
    "tests",
    "scripts",
    "docs",
    "ddl_templates",
    "zk_config",
    "README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "setup.cfg",
)
SUFFIXES = {"", ".py", ".sql", ".jinja", ".j2", ".md", ".yaml", ".txt", ".cfg"}


# Documents that are not in the repository.
CITATION = re.compile(r"§|-facts\b|\b(?:the|of|and) spec\b|\bspec \d|\bissues? \d|\bGUIDE \d")
# The vendor's guide, apart from the one that `etl contract` writes for partners.
GUIDE = re.compile(r"(?i)(?<!vendor's )\bguide\b(?!\.|\d|\w* =)")
OUR_GUIDE = re.compile(
    r"etl/contract/|etl/cli/|etl/web/pages/contract|etl/web/texts/|tests/\w+/contract/|tests/acceptance/test_readme|tests/unit/test_plain_words"
    r"|docs/contract|docs/glossary|docs/kafka\.md.*contract|README|CHANGELOG.md.*contract|/migrations/"
)


def texts() -> Iterator[Path]:
    for name in FOLDERS:
        path = CHECKOUT / name
        inside = (one for one in sorted(path.rglob("*")) if one.suffix in SUFFIXES and one.is_file())
        yield from [path] if path.is_file() else inside


def found(text: str) -> list[str]:
    """The dropped words in a text, as whole words or as parts of names in code."""
    return re.findall(rf"(?i)(?<![a-z])(?:{DROPPED})(?![a-z])", text)


def lines() -> Iterator[tuple[str, str]]:
    """`file:number` and the line."""
    for path in texts():
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            line = line.replace("#where-the-vendors-guide-", "#")
            yield f"{path.relative_to(CHECKOUT)}:{number}", line


def test_the_dropped_words_stay_away() -> None:
    wrong = [f"{where}: {line.strip()}" for where, line in lines() if found(line)]
    wrong = [line for line in wrong if not ALLOWED.search(line)]
    assert not wrong, "\n".join(wrong)


def test_nothing_is_cited_that_is_not_in_the_repository() -> None:
    wrong = [f"{where}: {line}" for where, line in lines() if CITATION.search(line)]
    wrong = [line for line in wrong if "test_plain_words" not in line]
    assert not wrong, "\n".join(wrong)


def test_the_vendors_guide_is_named_so() -> None:
    wrong = [f"{where}: {line}" for where, line in lines() if GUIDE.search(line)]
    wrong = [line for line in wrong if not OUR_GUIDE.search(line)]
    assert not wrong, "\n".join(wrong)


def test_file_names_are_free_of_them_too() -> None:
    paths = (str(path.relative_to(CHECKOUT)) for path in texts())
    assert not [path for path in paths if found(path) and not ALLOWED.search(path)]


def test_a_dropped_word_is_found_in_names_too() -> None:
    assert found("open_house(), twins_of, BRAKE") == ["house", "twins", "BRAKE"]
    assert found("go_on(), _are_many; It goes on, so many rows bear it") == [
        "go_on",
        "are_many",
        "goes on",
        "so many",
        "bear",
    ]
    assert found("warehouse, foretold, keyboard, amended") == []
    assert found("copyrights, bearish, planes, along, nobodys, configures") == []
