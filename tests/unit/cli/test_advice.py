"""What `etl status` says first: the sentence of the console's page Now, and commands that exist."""

from dataclasses import replace
from datetime import UTC

import pytest
from click.testing import CliRunner

from etl.cli import etl
from etl.cli.screen.advice import Advice
from etl.monitoring import Act, LockWait, State, verdict
from etl.web.texts import language
from tests.unit.monitoring.test_verdict import RUN, SITUATIONS, now, running, task


@pytest.mark.parametrize("state", SITUATIONS)
def test_the_sentence_is_that_of_the_page(state: State) -> None:
    situation, acts = SITUATIONS[state]
    advice = Advice(situation, "demo")
    values = verdict(situation).shown_values
    assert advice.lines[0] == advice.sentence == language("en").filled(f"verdict.{state}", values, UTC)
    found = advice.as_json["verdict"]
    assert (found["state"], [one["action"] for one in found["actions"]]) == (state, acts)
    assert [line.partition(": ")[2] for line in advice.lines[1:]] == [one["command"] for one in found["actions"]]
    assert RUN not in found["values"].values()  # a number that a program would round


def test_the_commands_exist_and_name_the_company() -> None:
    commands = {
        one["action"]: one["command"]
        for situation, _ in SITUATIONS.values()
        for one in Advice(situation, "demo").as_json["verdict"]["actions"]
    }
    assert commands.keys() == set(Act)
    assert commands.pop(Act.SHOW_HOLDER).startswith("select pid, usename")
    for command in commands.values():
        assert command.endswith(" --company demo")
        result = CliRunner().invoke(etl, [*command.split()[1:], "--help"])
        assert result.exit_code == 0, f"{command}: {result.output}"
        for option in (word for word in command.split() if word.startswith("--")):
            assert option in result.output, command


def test_without_the_option_the_commands_need_none() -> None:
    situation, _ = SITUATIONS[State.HANDED_OVER]
    assert Advice(situation, None).lines[-1] == "  Start the run: etl run"


def test_a_prepared_transaction_has_no_session() -> None:
    waits = running(task("running", "waits: x"))
    held = LockWait(task="in_Client", pid=0, role="report", application="")
    situation = replace(now(waits), locks=(held,))
    assert "  See who has the lock: select gid, owner, prepared from pg_prepared_xacts" in "\n".join(
        Advice(situation, None).lines
    )
