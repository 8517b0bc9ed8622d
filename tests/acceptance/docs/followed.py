"""Someone who follows a page: types its commands, saves its files, and compares what it shows."""

import os
import re
import shlex
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from string import Template

from tests.documentation import Block, blocks
from tests.fix_company import PATIENCE_SECONDS, inherited
from tests.forked import command, fork

# What differs from one run to the next: it is compared in form only.
_VARIABLE = (
    (r"file:\S*/first-import", "file:HOME"),
    (r"\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)?", "TIME"),
    (r"\b\d{18,20}\b", "RUN"),
    (r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", "SOURCE"),
    (r"instance [\w@~-]{16}", "instance ID"),
    (r"\b\d+\.\d s\b", "SECONDS"),
)


@dataclass
class Follower:
    """`home` is where the files are saved and the commands are run."""

    home: Path
    environ: dict[str, str]

    @classmethod
    def starting(cls, home: Path, **environ: str) -> "Follower":
        return cls(home, {"PATH": os.environ["PATH"], **inherited(), "HOME": str(home), "LANG": "C.UTF-8", **environ})

    def follow(self, page: Path) -> int:
        """Does what the page says, and returns how many answers were compared."""
        answers: list[str] = []
        compared = 0
        for block in blocks(page):
            match block.language:
                case "sh":
                    answers = [self.type(line) for line in block.lines]
                case "text":
                    compare("".join(answers), block.text)
                    compared += 1
                case "yaml" | "sql":
                    self.save(block)
        return compared

    def type(self, line: str) -> str:
        """One line; what it prints."""
        if line.startswith("export "):
            [(name, value)] = re.findall(r'^export (\w+)="(.*)"$', line)
            self.environ[name] = Template(value).substitute(self.environ)
            return ""
        code, out, err = self.etl(line) if line.startswith("etl ") else self.shell(line)
        # 1: some rows were rejected.
        assert (code, err) in ((0, ""), (1 if line.startswith("etl run") else 0, "")), (line, code, out, err)
        return out

    def etl(self, line: str) -> tuple[int | None, str, str]:
        words = [Template(word).safe_substitute(self.environ) for word in shlex.split(line, comments=True)[1:]]
        out, err = (self.home / f"{time.monotonic_ns()}.{stream}" for stream in ("out", "err"))
        process = fork(command, out, err, self.environ, self.home, tuple(words))
        process.join(PATIENCE_SECONDS * 2)
        return process.exitcode, out.read_text(encoding="utf-8"), err.read_text(encoding="utf-8")

    def shell(self, line: str) -> tuple[int, str, str]:
        done = subprocess.run(
            ["bash", "-c", line], cwd=self.home, env=self.environ, capture_output=True, text=True, check=False
        )
        return done.returncode, done.stdout, done.stderr

    def save(self, block: Block) -> None:
        """A document under its path in the configuration; a script beside the reader."""
        path = block.text.splitlines()[0].removeprefix("-- ").removeprefix("# ")
        folder = self.home if block.language == "sql" else Path(self.environ["ETL_HOME"]) / "config"
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(block.text, encoding="utf-8")


def compare(printed: str, shown: str) -> None:
    """A line `…` stands for any lines."""
    expected = re.escape(_common(shown)).replace(re.escape("…\n"), r"(?:.*\n)*?")
    assert re.fullmatch(expected, _common(printed)), printed


def _common(text: str) -> str:
    """Without blank ends and lines, and with names for what differs."""
    for pattern, name in _VARIABLE:
        text = re.sub(pattern, name, text)
    return "".join(f"{line.rstrip()}\n" for line in text.splitlines() if line.strip())
