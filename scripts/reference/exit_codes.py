"""The page of the exit codes: those of all commands, of the error classes, and of single commands."""

import inspect
from collections.abc import Iterator
from typing import Final

from etl import errors
from scripts.reference.markdown import NOTE, cell, code, table

CODES: Final = {
    0: ("done, or nothing to do", ""),
    1: ("done, rows or records were rejected; of a command that asks: the answer is no", "see below"),
    2: ("usage, configuration or metadata, or tables of an older version", "correct what the message names"),
    3: ("stopped because of the rows", "read the message; the partner hands over again"),
    4: ("fatal: server, privileges, disk, live tables, tables of a newer version", "fix it; the next call continues"),
    75: ("another process has what is needed, or an operator holds it", "try again later"),
    130: ("ended by Ctrl-C (SIGINT)", "nothing; what was not committed was rolled back"),
    143: ("ended by SIGTERM", "nothing; what was not committed was rolled back"),
}
"""Code -> what happened, what to do."""

COMMANDS: Final = {
    "etl run": "1: rows were rejected; 3: a guard or the error limit has stopped the run; 75: another runner owns it",
    "etl fill": "1: rows were rejected, they are in a file beside the source",
    "etl adopt": "1: a table was refused",
    "etl check": "1: a finding is an error",
    "etl age": "1: a row is older than --max",
    "etl verify": "1: a finding is an error",
    "etl kafka check": "1: a finding is an error",
    "etl kafka lag": "1: more records wait than --max or lagLimit, or a partition is stopped or missing",
    "etl ad check": "1: a finding is an error",
    "etl ad login": "1: not let in; 75: the directory or the store is away, or too many wrong passwords",
    "etl config check": "2: a text is faulty",
    "etl metadata check": "with --against 1: a change is breaking; 2: a document is faulty",
    "etl metadata import": "1: something could not be carried",
    "etl generate-ddl": "--diff 4: something cannot be made; with --exit-code 1: something is missing",
    "etl grants": "with --check 4: the engine's role lacks something",
    "etl upgrade check": "1: warnings; 4: something is in the way",
    "etl partner play": "3: rows handed over and receipts do not agree, or a reader's copy and the out_ tables",
}
"""What a code means to single commands."""


def exit_codes() -> str:
    lines = ["# Exit codes", "", NOTE]
    lines += table(("code", "what happened", "what to do"), ((str(one), *text) for one, text in CODES.items()))
    lines += ["", "## Single commands", ""]
    lines += table(("command", "codes"), ((code(name), cell(text)) for name, text in COMMANDS.items()))
    lines += [
        "",
        "## Errors",
        "",
        "The last line is on the standard error output, after `etl: `. `etl.api` raises these classes.",
        "",
    ]
    return "\n".join([*lines, *table(("class of `etl.errors`", "is a", "exit code", "meaning"), _errors()), ""])


def _errors() -> Iterator[tuple[str, str, str, str]]:
    for name, one in vars(errors).items():
        if inspect.isclass(one) and issubclass(one, errors.EtlError):
            text = cell(" ".join((inspect.getdoc(one) or "").split()))
            yield code(name), code(one.__bases__[0].__name__), str(one.exit_code), text
