"""What commands of recovery share: which objects, and whether one begins, continues or is given up."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar, cast

import click

from etl.quoting.json_text import json_text

Command = TypeVar("Command", bound=Callable[..., Any])
_Recovered = TypeVar("_Recovered")


@dataclass(frozen=True)
class RecoveryOptions:
    """What the command line says of a recovery, as `recovery_options` adds it."""

    codes: tuple[str, ...]
    excluded: tuple[str, ...]
    is_continued: bool
    give_up: bool
    as_json: bool

    @property
    def begins(self) -> bool:
        return not (self.is_continued or self.give_up)

    def refuse_others(self, *others: object) -> None:
        """Raises UsageError where --continue or --give-up does not stand alone; `others`: options of the command."""
        if not self.begins and (self.codes or self.excluded or any(others) or (self.is_continued and self.give_up)):
            raise click.UsageError("--continue and --give-up stand alone")

    def perform(
        self, begin: Callable[[], object], proceed: Callable[[], _Recovered], drop: Callable[[], int]
    ) -> _Recovered | None:
        """What `proceed` returns, after `begin` where one begins; None where the unfinished tasks were dropped, which
        is said."""
        if self.give_up:
            dropped = drop()
            click.echo(json_text({"dropped": dropped}) if self.as_json else f"{dropped} tasks were dropped.")
            return None
        if self.begins:
            begin()
        return proceed()


def recovery_options(command: Command) -> Command:
    """The options of a recovery, which the command receives as `options`."""

    @wraps(command)
    def received(*arguments: Any, **given: Any) -> Any:
        names = ("codes", "excluded", "is_continued", "give_up", "as_json")
        return command(*arguments, options=RecoveryOptions(**{name: given.pop(name) for name in names}), **given)

    whole: Any = received
    for option in reversed(
        [
            click.option("--bo-codes", "codes", callback=_listed, metavar="A,B", help="Only these business objects."),
            click.option(
                "--exclude-bo-codes", "excluded", callback=_listed, metavar="C", help="Not these; wins over --bo-codes."
            ),
            click.option("--continue", "is_continued", is_flag=True, help="Perform the tasks that are unfinished."),
            click.option("--give-up", is_flag=True, help="Drop the tasks that are unfinished."),
            click.option("--json", "as_json", is_flag=True, help="Print JSON."),
        ]
    ):
        whole = option(whole)
    return cast(Command, whole)


def _listed(context: click.Context, parameter: click.Parameter, value: str | None) -> tuple[str, ...]:
    codes = tuple(part.strip() for part in (value or "").split(",") if part.strip())
    if value is not None and not codes:
        raise click.BadParameter("has no code: write codes of business objects, separated by commas")
    return codes
