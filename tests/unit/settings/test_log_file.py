"""`logging/structure.txt`: what it says, and each fault with its line and column."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from etl.settings.logging import LOGGING, read_log_structure
from etl.settings.logging.structure import BUILT_IN, LEVELS, ROOT, LogCategory, LogStructure
from etl.settings.samples import samples

SOUND = """\
layout
  pattern : %d %msg%n
layout short
  pattern : %-5level : %msg
  colored_pattern : %highlight(%msg)%n
destination_to console
  type stdout
destination_to files
  type rolling_file
  layout short
  max_file_size 1,5 MiB
  files_count 7
destination out console
  level WARN
destination ad files migration/ad
category AdMigration
  level DEBUG
  assign_to ad out
root
  assign_to out
"""


def read(text: str) -> tuple[LogStructure, list[str]]:
    structure, problems = read_log_structure({LOGGING: text}, "place")
    return structure, [str(problem) for problem in problems]


def test_a_sound_file() -> None:
    structure, problems = read(SOUND)
    assert problems == []
    out, ad = structure.destinations["out"], structure.destinations["ad"]
    assert (out.kind, out.level, out.file) == ("stdout", LEVELS["WARN"], "")
    assert (ad.kind, ad.level, ad.file, ad.max_bytes, ad.files_count) == (
        "rolling_file", LEVELS["TRACE"], "migration/ad", 3 * 2**19, 7,
    )  # fmt: skip
    assert (out.layout.colored, [piece.kind for piece in ad.layout.colored or ()]) == (None, ["colour", "line end"])
    assert structure.categories == {
        "AdMigration": LogCategory(LEVELS["DEBUG"], ("ad", "out")),
        ROOT: LogCategory(None, ("out",)),
    }


def test_without_the_file_and_with_the_sample() -> None:
    assert read_log_structure({}, "place") == (BUILT_IN, [])
    structure, problems = read(samples()[LOGGING])
    assert problems == []
    assert structure.destinations["tracer_in_pg_migration"].file == "traces/in_pg_migration"
    of_directory = {name: structure.destinations[name].file for name in ("adMigration", "tracer_ad_1")}
    assert of_directory == {"adMigration": "migration/ad", "tracer_ad_1": "traces2/ad_1"}
    assert structure.categories["AdMigration"].destinations == ("adMigration",)


def test_what_is_switched_off_takes_no_effect_and_no_blame() -> None:
    structure, problems = read(SOUND.replace("destination ad", "-destination ad") + "- category x\n  level INFO\n")
    assert problems == []
    assert structure.categories["AdMigration"].destinations == ("out",)
    assert "x" not in structure.categories


@pytest.mark.parametrize(("old", "new", "expected"), [
    ("layout short\n", "layot short\n", "place:3:1: 'layot short' is not an instruction: did you mean layout?"),
    ("layout\n  pattern", "  level INFO\nlayout\n  pattern", "place:1:3: 'level INFO' belongs to no instruction"),
    ("  type stdout", "  typ stdout", "place:7:3: 'typ stdout' is unknown below destination_to: did you mean type?"),
    ("  type stdout", "  type tape", "place:7:8: 'tape' is not a type: write one of rolling_file, stdout, stderr"),
    ("1,5 MiB", "1,5 MiBs", "place:11:17: '1,5 MiBs' is not a size"),
    ("files_count 7", "files_count 21", "place:12:15: '21' is not a number of files: write 1 to 20"),
    ("files_count 7", "files_count", "place:12:3: 'files_count' has no value"),
    ("level WARN", "level warn", "place:14:9: 'warn' is not a level"),
    ("ad files migration/ad", "ad files", "place:15:1: 'destination ad files' goes to files of type rolling_file"),
    ("files migration/ad", "files ../ad", "place:15:1: 'destination ad files ../ad' names a file outside"),
    ("files migration/ad", "files /etc/ad", "place:15:1: 'destination ad files /etc/ad' names a file outside"),
    ("ad files migr", "ad tapes migr", "names the destination_to tapes, which does not exist"),
    ("out console", "out console x/y", "place:13:1: 'destination out console x/y' goes to console of type stdout"),
    ("  layout short", "  layout long", "place:10:3: 'layout long' needs the layout long, which does not exist"),
    ("assign_to ad out", "assign_to ad aut", "place:18:16: 'aut' is not a destination of this file"),
    ("layout short", "layout", "is already on line 1: delete one of the two"),
    ("category AdMigration", "category", "place:16:1: 'category' has 0 words after category, which takes one name"),
    ("  pattern : %d %msg%n\n", "", "place:1:1: 'layout' has no pattern below it"),
    ("%d %msg%n", "%d %mesage%n", "place:2:16: '%mesage' is unknown in a pattern: did you mean %message?"),
    ("%d %msg%n", "%d{yyyy-QQ} %msg", "place:2:13: '%d{yyyy-QQ}' has 'QQ' in its date, which is unknown"),
    ("%highlight(%msg)", "%highlight(%msg", "leaves a bracket open"),
    ("%highlight(%msg)", "%pink(%msg)", "place:5:21: '%pink(' is not a colour"),
    ("%d %msg%n", "%d %msg)%n", "place:2:20: ')' closes a bracket"),
    ("%d %msg%n", "%d %msg\\", "is not part of a pattern"),
    ("%d %msg%n", "%d %logger{long}", "place:2:16: '%logger{long}' takes a number of characters"),
])  # fmt: skip
def test_faults(old: str, new: str, expected: str) -> None:
    assert old in SOUND
    problems = read(SOUND.replace(old, new, 1))[1]
    assert expected in "\n".join(problems)


@given(st.lists(st.one_of(st.sampled_from(SOUND.split("\n")), st.text("-:%# \tlayout_dsn{}().", max_size=20))))
def test_any_text_is_read(lines: list[str]) -> None:
    for problem in read_log_structure({LOGGING: "\n".join(lines)}, "place")[1]:
        assert problem.line
        assert problem.column
