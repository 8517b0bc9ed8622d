"""What an operator has to know first, and the commands that fit: the sentence of the console's page Now."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC
from functools import cached_property
from typing import Any, Final

from etl.monitoring import Act, Grade, Situation, State, Verdict, verdict
from etl.monitoring.situation import QUARANTINED
from etl.quoting import printable
from etl.web.texts import language

_COMMANDS: Final[Mapping[Act, Callable[[object], str]]] = {
    Act.START: lambda run: "etl run",
    Act.ACCEPT: lambda run: "etl run --accept",
    Act.RETRY_QUARANTINED: lambda run: f"etl errors retry --run {run} --code {QUARANTINED}",
    Act.RELEASE: lambda run: "etl release",
    Act.SHOW_RUN: lambda run: f"etl runs show {run}",
    Act.SHOW_ERRORS: lambda run: f"etl errors list --run {run}",
    Act.SHOW_KAFKA: lambda run: "etl kafka status",
    Act.SHOW_SYNC: lambda run: "etl ad sync --dry-run",
    Act.SHOW_DIRECTORY: lambda run: "etl ad check",
    Act.SHOW_CHECKS: lambda run: "etl check",
    Act.SHOW_SCHEDULE: lambda run: "etl config schedule",
    Act.SHOW_OUT: lambda run: "etl out list",
}


@dataclass(frozen=True)
class Advice:
    """`company`: as the command was given it, since the commands named here need it too."""

    situation: Situation
    company: str | None

    @cached_property
    def _verdict(self) -> Verdict:
        return verdict(self.situation)

    @property
    def state(self) -> State:
        """What is so."""
        return self._verdict.state

    @property
    def grade(self) -> Grade:
        """How urgent it is."""
        return self._verdict.grade

    @property
    def sentence(self) -> str:
        """In English, with times in UTC as all of `etl status`."""
        return language("en").filled(f"verdict.{self._verdict.state}", self._verdict.shown_values, UTC)

    @property
    def lines(self) -> list[str]:
        """The sentence, and what can be done, the most useful first."""
        return [printable(self.sentence), *(f"  {text}: {command}" for _, text, command in self._actions())]

    @property
    def as_json(self) -> dict[str, Any]:
        """The key `verdict` of `etl status --json`."""
        found = self._verdict
        actions = [{"action": act, "text": text, "command": command} for act, text, command in self._actions()]
        return {
            "verdict": {
                "state": found.state,
                "grade": found.grade,
                "sentence": self.sentence,
                "detail": found.detail,
                "values": found.shown_values,
                "actions": actions,
            }
        }

    def _actions(self) -> list[tuple[Act, str, str]]:
        return [(act, _text(act), self._command(act)) for act in self._verdict.acts]

    def _command(self, act: Act) -> str:
        if act is Act.SHOW_HOLDER:
            return self.situation.lock_statement
        command = _COMMANDS[act](self._verdict.values.get("run"))
        return f"{command} --company {self.company}" if self.company else command


def _text(act: Act) -> str:
    return "See who has the lock" if act is Act.SHOW_HOLDER else language("en")(f"act.{act}")
