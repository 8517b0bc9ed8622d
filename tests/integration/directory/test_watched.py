"""What operators and their programs see of syncs: status, checks, metrics, hooks and the schedule."""

import json
from typing import Any

import pytest

from etl.errors import EnvironmentFault
from etl.monitoring.directory_state import check_syncs
from etl.settings.directory_keys import DIRECTORY
from etl.settings.schedule.file import DIRECTORY_SCHEDULE
from tests.fix_company import STORE
from tests.integration.directory.conftest import Office, entry, guid
from tests.integration.hooks.listener import listening
from tests.monitoring_files import lacking

# Nothing of this asks the directory.
CONFIG = "adHost=dc1\nadBase=dc=corp\nadUsername=reader\nadPassword=secret\n"
PEOPLE = [entry(1, "ann"), entry(2, "bob"), entry(3, "mail@x")]


@pytest.fixture
def watched(office: Office) -> Office:
    office.site.write(DIRECTORY, CONFIG)
    office.site.write(DIRECTORY_SCHEDULE, "migrate = 02:00\n")
    office.has(*PEOPLE)
    return office


def fail() -> None:
    raise EnvironmentFault("the directory dc1 cannot be reached")


def answer(office: Office, *words: str) -> Any:
    done = office.site.etl(*words, "--json")
    assert done.code == 0, done
    return json.loads(done.out)


def checked(office: Office) -> tuple[str, str]:
    with office.site.runtime() as runtime:
        [found] = check_syncs(runtime)
    return found.level, found.found


def test_status_and_check(watched: Office) -> None:
    watched.feed({}, {}, {})
    assert checked(watched) == ("warning", "no sync of all users is done yet")
    run = watched.sync().run
    found = answer(watched, "status")["directory"]
    assert (found["done"]["run"], found["done"]["counts"]) == (str(run), {"Create": 2, "LeaveOut": 1})
    assert (found["people"], found["vanished"], found["is_stopped"], found["running"]) == (2, 0, False, None)
    assert found["age_seconds"] > 0
    assert ", 3 users: 2 Create, 1 LeaveOut." in watched.site.etl("status").out
    assert checked(watched)[0] == "ok"
    watched.site.look(f"update {STORE}.ad_run set started_at = started_at - interval '3 days' returning 1")
    level, text = checked(watched)
    assert (level, text[:41]) == ("warning", "the newest sync of all users is 3 days, 0")
    watched.has()
    watched.sync()
    assert checked(watched)[1].startswith("the newest sync of all users was stopped: empty read: 0 users where 2 are")
    shown = watched.site.etl("status").out
    assert "was stopped, see `etl ad status`.\n  empty read: 0 users" in shown
    assert [line.partition(":")[2] for line in shown.splitlines()[1:2]] == [" etl ad sync --dry-run"], shown
    watched.during = fail
    with pytest.raises(EnvironmentFault):
        watched.sync()
    assert "was failed: the directory dc1 cannot be reached" in checked(watched)[1]
    findings = answer(watched, "check")["findings"]
    assert [one["do"] for one in findings if one["what"] == "directory"] == ["`etl ad check`, then `etl ad sync`"]


def test_metrics_and_hooks(watched: Office) -> None:
    with listening() as listener:
        watched.site.set(hookUrl=listener.url)
        done = watched.sync()
        watched.sync(is_dry=True)
        watched.sync_one("ann")
        watched.has(entry(1, "ann"))
        watched.sync(max_vanished_share=10)
        watched.during = fail
        with pytest.raises(EnvironmentFault):
            watched.sync()
    assert listener.names == ["sync.done", "sync.stopped", "sync.failed"]
    first, stopped, failed = listener.events
    assert (first["run"], first["users"], first["counts"]) == (str(done.run), 3, {"Create": 2, "LeaveOut": 1})
    assert [one["login"] for one in first["left_out"]] == ["mail@x"]
    assert (stopped["stops"], stopped["counts"]) == (["adMaxVanishedShare"], {"Deactivate": 1})
    assert failed["message"] == "the sync of all users failed: the directory dc1 cannot be reached"
    page = watched.site.etl("metrics", "--once").out
    assert lacking(page, "etl_directory_") == set()
    lines = page.splitlines()
    values = {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines if line[0] != "#")}
    found = {name.partition("{")[0]: value for name, value in values.items() if "etl_directory" in name}
    expected = {"running": 0, "stopped": 0, "failed": 1, "read_users": 3, "left_out_users": 1, "known_users": 2}
    assert {name: found[f"etl_directory_{name}"] for name in expected} == expected
    assert found["etl_directory_age_seconds"] >= found["etl_directory_took_seconds"] > 0
    assert values['etl_directory_sync_changes{company="demo",kind="Create"}'] == 2
    assert values['etl_directory_sync_changes{company="demo",kind="Leave"}'] == 0


def test_the_schedule_shows_when_users_are_brought(watched: Office) -> None:
    found = answer(watched, "config", "schedule", "--next", "2")["directory"]["migrate"]
    assert (found["pattern"], len(found["next"])) == ("02:00", 2)
    assert "migrate of the directory: 02:00\n  " in watched.site.etl("config", "schedule").out
    watched.site.write(DIRECTORY_SCHEDULE, "migrate = off\n")
    assert "migrate of the directory is off." in watched.site.etl("config", "schedule").out


def test_where_those_who_vanished_are(watched: Office) -> None:
    """The directory is asked for up to a hundred, and one that does not answer stops nothing."""
    watched.sync()
    watched.has(entry(4, "kim"))
    watched.moved = {guid(1): "CN=ann,OU=left"}
    dry = [str(one) for one in watched.sync(is_dry=True).changes if "deactivate" in str(one)]
    assert dry == [
        "deactivate ann: moved out of adBase or adUserFilter, to CN=ann,OU=left",
        "deactivate bob: deleted in the directory, or hidden from adUsername",
    ]
    watched.cannot_say = True
    done = [str(one) for one in watched.sync().changes if "deactivate" in str(one)]
    assert done == [f"deactivate {login}: no longer among the accounts read" for login in ("ann", "bob")]
