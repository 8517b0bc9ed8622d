"""A hundred slips of the hand in the texts of a configuration, over all kinds of files, each with where it is."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from etl.settings.catalogue import FILES
from etl.settings.directory_keys import DIRECTORY
from etl.settings.kafka_keys import KAFKA_FILES
from etl.settings.keys import Key, KeyFile, ValueKind
from tests.fix_company import CODE

SCHEDULE = "scheduler/core/InMigrationScheduler.scheduler-config.txt"
LOGGING = "logging/structure.txt"
EXTRA = f"companies/{CODE}/business-objects/Extra.yaml"
_SCHEDULES = ("02:00 * xxx", "25:00", "repeat every 0 sec", "повторять каждые пять минут", "from 9:00 every 10 min")
_FIELD = "  - {code: Name, type: INPUT_TEXT, needLoadFromInTables: true}"
# What stands in a business object's document after `code: Extra`, the line at fault, and what it is called there.
_DOCUMENTS = (
    ("fields: [", 3, ""),
    (f"catgory: BO\nfields:\n{_FIELD}", 2, "catgory"),
    (f"category: XX\nfields:\n{_FIELD}", 2, "category"),
    ("fields:\n  - {code: Name, type: INPUT_TXT}", 3, "Name"),
    ("fields:\n  - {code: Name, type: INPUT_TEXT, labell: x}", 3, "labell"),
    ("fields:\n  - {code: 9x, type: INPUT_TEXT}", 3, "9x"),
    (f"fields:\n{_FIELD}\n{_FIELD}", 4, "Name"),
    (f"fields:\n{_FIELD}\n{_FIELD.replace('Name', 'nAME')}", 4, "nAME"),
    ("fields:\n  - {code: in_id, type: INPUT_TEXT, needLoadFromInTables: true}", 3, "in_id"),
    ("fields:\n  - {code: Whom, type: BO, bo: Missing, needLoadFromInTables: true}", 3, "Whom"),
    ("fields:\n  - {code: Whom, type: BO, needLoadFromInTables: true}", 3, "Whom"),
    ("fields:\n  - {code: N, type: INPUT_NUMBER, needLoadFromInTables: true, useAsKeyInMigration: true}", 3, "N"),
    (f"fields:\n  - {{code: {'x' * 60}, type: BO, bo: Client, needLoadFromInTables: true}}", 3, "x" * 60),
)


@dataclass(frozen=True)
class Fault:
    """`text` at `path` is not to be taken, for what stands in `line` under `key`."""

    path: str
    text: str
    line: int
    key: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.key}"

    def is_reported(self, said: str) -> bool:
        """Whether file, line and key are named in one line of what was said."""
        return any(f"{self.path}:{self.line}" in line and self.key in line for line in said.split("\n"))


def faults(good: Mapping[str, str]) -> list[Fault]:
    """Each a change of one text of a good configuration."""
    found = [
        *(fault for file in FILES for fault in _of_file(good, file)),
        *_of_overlay(good),
        *(_with_line(good, SCHEDULE, "tryToStartMigration", f" = {value}") for value in _SCHEDULES),
        _with_line(good, SCHEDULE, "tryToStartMigratoin", " = 02:00"),
        *(Fault(EXTRA, f"code: Extra\n{text}\n", line, key) for text, line, key in _DOCUMENTS),
    ]
    assert len(found) >= 100
    return found


def log_faults() -> list[Fault]:
    """Slips in the structure of the log: they stop no command, and are reported as well."""
    return [
        Fault(LOGGING, "root\n  level LOUD\n", 2, "LOUD"),
        Fault(LOGGING, "destination a nowhere\n  level INFO\n", 1, "nowhere"),
        Fault(LOGGING, "root\n  level INFO\n  assign_to nothing\n", 3, "nothing"),
    ]


def _of_file(good: Mapping[str, str], file: KeyFile) -> Iterator[Fault]:
    has_tests = file in KAFKA_FILES or file.path == DIRECTORY
    for key in _one_of_each_kind(file.keys) if has_tests else file.keys:
        for value in _bad_values(key):
            yield _with_line(good, file.path, key.name, f"={value}")
    name = file.keys[0].name
    yield _with_line(good, file.path, "unheardOf", "=1")
    yield _with_line(good, file.path, name, ":ENV=NO_SUCH_VARIABLE")
    yield _with_line(good, file.path, name, ":FILE=somewhere")
    yield _with_line(good, file.path, "", "words without a key")
    once = _with_line(good, file.path, name, "")
    yield Fault(file.path, f"{once.text}\n{name}", once.line + 1, name)


def _one_of_each_kind(keys: Iterable[Key]) -> list[Key]:
    """The others are tried in tests/unit/settings, in test_kafka.py and test_directory.py."""
    return list({key.kind: key for key in keys}.values())


def _bad_values(key: Key) -> Iterator[str]:
    if key.kind is ValueKind.NUMBER:
        yield from ("some", str(key.largest + 1), str(key.smallest - 1))
    elif key.kind is ValueKind.BOOLEAN:
        yield "perhaps"
    elif key.kind is ValueKind.CHOICE:
        yield "neither"
    elif key.largest_bytes:
        yield "x" * (key.largest_bytes + 1)


def _of_overlay(good: Mapping[str, str]) -> Iterator[Fault]:
    for file in FILES:
        if file.overlaid:
            yield Fault(f"companies/{CODE}/{file.path}", "# ours\nunheardOf=1", 2, "unheardOf")


def _with_line(good: Mapping[str, str], path: str, key: str, rest: str) -> Fault:
    """The good text with this line in place of what it says of the key."""
    lines = [line for line in good.get(path, "").split("\n") if line and not _is_about(line, key)]
    return Fault(path, "\n".join([*lines, f"{key}{rest}"]), len(lines) + 1, key)


def _is_about(line: str, key: str) -> bool:
    return bool(key) and line.replace(":", "=").partition("=")[0].strip() == key
