"""Code, messages, SQL and docs use the words of docs/glossary.md: the private ones of earlier days stay away."""

import ast
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
    r"SIGALRM|'house'|scripts/bench/(?:growth/)?sql|rename column t|postgres\W+(?:or )?nobody\b"
    r"|`nobody`|getpwnam|House text|code: House\b|^tests/unit/test_plain_words|^tests/data/older_version"
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
    r"etl/contract/|etl/cli/|etl/web/pages/contract|etl/web/texts/|tests/\w+/contract/|tests/acceptance/docs/|tests/unit/test_plain_words"
    r"|docs/contract|docs/reference/commands|docs/glossary|docs/kafka\.md.*contract|README|CHANGELOG.md.*contract|/migrations/"
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


# Everyday words that each stood for several ideas: no name of the package is one of them, or has it as a part.
VAGUE = re.compile(r"(?:^|_)(?:places?|sides|gate|lane|tell|said|heard|judged|stands|looks?)(?:$|_)")


def identifiers(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and name of what a module defines or assigns."""
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef() | ast.ClassDef():
                yield node.lineno, node.name
            case ast.arg():
                yield node.lineno, node.arg
            case ast.Name(ctx=ast.Store()):
                yield node.lineno, node.id
            case ast.Attribute(ctx=ast.Store()):
                yield node.lineno, node.attr


def is_vague(name: str) -> bool:
    return VAGUE.search(re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()) is not None


def test_names_in_code_are_standard_terms() -> None:
    wrong = [
        f"{path.relative_to(CHECKOUT)}:{line}: {name}"
        for path in sorted((CHECKOUT / "etl").rglob("*.py"))
        for line, name in identifiers(ast.parse(path.read_text(encoding="utf-8")))
        if is_vague(name)
    ]
    assert not wrong, "\n".join(wrong)


def test_a_vague_name_is_found() -> None:
    assert all(map(is_vague, ["Place", "journal_place", "_said", "NewPlace", "lookup_place", "_LOOK_SECONDS"]))
    assert not any(map(is_vague, ["replace", "lookup", "placement", "plane", "StoreFence", "telling_apart"]))


# Ideas of the engine: one class or alias each.
IDEAS = {
    *("Act", "Batch", "Column", "Connections", "Kind", "Link", "Merge", "Outcome", "Position", "Reader"),
    *("Settings", "Source", "Step", "Work"),
}


def test_one_class_has_the_name_of_an_idea() -> None:
    defined: dict[str, list[str]] = {}
    for path in sorted((CHECKOUT / "etl").rglob("*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            targets = node.targets if isinstance(node, ast.Assign) else []
            names = [node.name] if isinstance(node, ast.ClassDef) else [ast.unparse(one) for one in targets]
            for name in IDEAS.intersection(names):
                defined.setdefault(name, []).append(str(path.relative_to(CHECKOUT)))
    assert not {name: paths for name, paths in defined.items() if len(paths) > 1}
