"""`make nightly`: which parts it runs, and what it writes of each."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from scripts import nightly
from scripts.nightly import PARTS, Command, Entry, Part, chosen, main, page_with, perform
from tests.fix_company import until


def part(*programs: str, **environ: str) -> Part:
    return Part("sample", "a sample", tuple(Command((sys.executable, "-c", one), environ) for one in programs))


def entry(name: str, result: str = "passed", meaning: str = "as it was") -> Entry:
    return Entry(name, meaning, result, "12", "0123456789", "2026-01-02 03:04", "7")


def test_all_parts_run_unless_some_are_named() -> None:
    assert chosen("") == list(PARTS)
    assert [one.name for one in chosen("layouts bench")] == ["bench", "layouts"]


def test_an_unknown_part_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(SystemExit, match=r"there is no part crush, only bench, crash, properties"):
        chosen("bench crush")


def test_a_page_has_a_line_for_each_part() -> None:
    entries = [Entry.of_line(line) for line in page_with("", None).splitlines()[-len(PARTS) :]]
    assert [(one.part, one.meaning, one.result) for one in entries] == [
        (one.name, one.meaning, "not run yet") for one in PARTS
    ]


def test_a_part_that_runs_again_replaces_its_line_and_no_other() -> None:
    first = page_with(page_with("", entry("crash")), entry("bench", "failed with exit code 1"))
    second = page_with(first, entry("bench"))
    changed = [(old, new) for old, new in zip(first.splitlines(), second.splitlines(), strict=True) if old != new]
    assert [(Entry.of_line(old).result, Entry.of_line(new).result) for old, new in changed] == [
        ("failed with exit code 1", "passed")
    ]
    assert page_with(second, entry("bench")) == second


def test_the_line_of_a_part_that_is_no_more_goes() -> None:
    assert "gone" in page_with("", entry("gone"), [*PARTS, Part("gone", "no more", ())])
    assert "gone" not in page_with(page_with("", entry("gone"), [*PARTS, Part("gone", "no more", ())]), entry("bench"))


def test_the_page_of_the_repository_is_as_the_script_writes_it() -> None:
    text = nightly.PAGE.read_text(encoding="utf-8")
    assert page_with(text, None) == text


@pytest.mark.parametrize(
    ("programs", "result"),
    [
        (["pass", "pass"], "passed"),
        (["pass", "raise SystemExit(3)"], "failed with exit code 3"),
        (["raise SystemExit(4)", "pass"], "failed with exit code 4"),
        (["import os; os.kill(os.getpid(), 9)"], "failed with exit code -9"),
    ],
)
@pytest.mark.slow
def test_a_part_fails_with_its_first_command_that_fails(programs: list[str], result: str) -> None:
    assert perform(part(*programs), 1) == result


@pytest.mark.slow
def test_the_seed_reaches_arguments_and_environment() -> None:
    program = "import os, sys; raise SystemExit(0 if os.environ['SEED'] == '{seed}' == str(40 + 2) else 1)"
    assert perform(part(program, SEED="{seed}"), 42) == "passed"
    assert part(program).has_seed
    assert not part("pass").has_seed


@pytest.mark.slow
def test_a_part_that_is_not_done_in_time_has_failed() -> None:
    assert perform(part("import time; time.sleep(600)", "pass"), 1, limit=0.0, grace=0.0) == (
        "failed: not done after 0 minutes"
    )


@pytest.mark.slow
def test_a_part_hears_the_polite_signal_in_the_background_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nightly, "commit_now", lambda: "0123456789")
    heard = "import signal; raise SystemExit(signal.getsignal(signal.SIGINT) is signal.SIG_IGN)"
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        code = main({"NIGHTLY": "bench"}, page=tmp_path / "page.md", act=lambda _, seed: perform(part(heard), seed))
    finally:
        signal.signal(signal.SIGINT, before)
    assert code == 0


@pytest.mark.slow
def test_what_is_ended_leaves_no_process_behind(tmp_path: Path) -> None:
    """It ignores the polite signal, and so does its child."""
    file = tmp_path / "pids"
    program = (
        "import os, signal, time; signal.signal(signal.SIGINT, signal.SIG_IGN); os.fork(); "
        f"open({str(file)!r}, 'a').write(f'{{os.getpid()}} '); time.sleep(600)"
    )
    process = subprocess.Popen([sys.executable, "-c", program], start_new_session=True)

    def pids() -> list[int]:
        return [int(pid) for pid in file.read_text().split()] if file.exists() else []

    until(lambda: len(pids()) == 2, "both are running")
    nightly._end(process, 0.1)
    until(lambda: not any(map(is_alive, pids())), "both are gone")


def is_alive(pid: int) -> bool:
    """Neither gone nor a zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


@pytest.mark.slow
@pytest.mark.parametrize(("results", "code"), [(("passed", "passed"), 0), (("failed with exit code 1", "passed"), 1)])
def test_each_part_is_written_down_at_once_and_a_failure_is_the_exit_code(
    tmp_path: Path, results: tuple[str, str], code: int
) -> None:
    page, pages = tmp_path / "nightly.md", []
    answers = iter(results)

    def act(part: Part, seed: int) -> str:
        pages.append(page.read_text() if page.exists() else "")
        assert seed == 99
        return next(answers)

    assert main({"NIGHTLY": "crash bench", "NIGHTLY_SEED": "99"}, page=page, act=act) == code
    lines = {one.part: one for one in map(Entry.of_line, page.read_text().splitlines()[-len(PARTS) :])}
    assert (lines["bench"].result, lines["crash"].result) == results
    assert (lines["bench"].seed, lines["crash"].seed) == ("none", "99")
    assert lines["layouts"].result == "not run yet"
    assert f"| {results[0]} |" in pages[1]
    assert lines["bench"].commit.startswith(nightly.commit_now()[:10])


def test_commands_name_what_there_is() -> None:
    paths = [
        word for one in PARTS for command in one.commands for word in command.arguments if word.startswith("tests/")
    ]
    assert paths
    assert not [path for path in paths if not (nightly.CHECKOUT / path).exists()]
    assert os.environ.get("NIGHTLY") is None
