"""A sync, and a login, killed at their statements and commits: the next one completes it, and nothing is done twice."""

import functools
import io
import itertools
import os
import signal
import sys
from collections.abc import Callable, Sequence

import pytest
import sqlalchemy
import sqlalchemy.event

from etl.settings.directory_keys import DIRECTORY
from scripts.domain_people import PASSWORD
from tests.crash import runner
from tests.fix_company import OUT, STORE, Ended, MakeSite
from tests.fix_directory import Domain
from tests.integration.directory.conftest import DOCUMENTS, Office
from tests.integration.directory.test_domain_sync import GROUPS

FILTERS = {
    "first": "(|(sAMAccountName=user0000*)(sAMAccountName=comma))",
    "second": "(|(sAMAccountName=user0001*)(sAMAccountName=user00000)(sAMAccountName=comma))",
}
# Of the suite, which the night has all of: in the merge, before its commit, and while out_ tables follow.
OF_SYNC, OF_LOGIN = (60, 74, 90), (28, 60)


def die_at(number: int, password: str = "") -> None:
    """Inside the command: it gets a password on its standard input, and dies before its n-th statement or commit."""
    counted = itertools.count(1)

    def count(*_: object) -> None:
        if next(counted) == number:
            os.kill(os.getpid(), signal.SIGKILL)

    for event in ("before_cursor_execute", "commit"):
        sqlalchemy.event.listen(sqlalchemy.Engine, event, count)
    sys.stdin = io.StringIO(f"{password}\n")


class Killed:
    """An office whose commands die; each sync brings the people of the other filter."""

    def __init__(self, office: Office, domain: Domain) -> None:
        self.office, self.domain, self.site = office, domain, office.site
        self.filter = "second"

    def turn(self) -> None:
        self.filter = "first" if self.filter == "second" else "second"
        options = {"adUserFilter": FILTERS[self.filter], "adMaxVanishedShare": "100", "adMaxLeaveShare": "100"}
        self.site.write(DIRECTORY, self.domain.text(adGroupFieldCode="AD_ROLE", **options))

    def command(self, *words: str, dies_at: int = 0, password: str = "") -> Ended:
        environ = {**self.site.environ, "ETL_CONFIG": self.site.url, "HOME": str(self.site.home)}
        inject = functools.partial(die_at, dies_at, password)
        return runner.start(self.site.home, environ, inject, "ad", *words).ended()

    def forget_leases(self) -> None:
        """As if their minute had passed."""
        self.site.look(f"update {STORE}.ad_run set lease_until = clock_timestamp() where ended_at is null")

    def state(self) -> object:
        noted = [{name: row[name] for name in ("guid", "login", "status_written")} for row in self.office.noted()]
        return self.office.people(), self.office.members(), noted

    def shown(self) -> list[tuple[object, ...]]:
        """The people of the out_ tables."""
        rows = self.site.look(f"select email, status from {OUT}.person", at=self.site.out_database)
        return sorted(tuple(row.values()) for row in rows)

    def places(self, act: Callable[[int], Ended]) -> list[int]:
        """How far one comes that is not killed, found by doubling and halving."""
        low, high = 0, 1
        while act(high).code == -9:
            low, high = high, high * 2
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if act(middle).code == -9 else (low, middle)
        return list(range(1, high))


@pytest.fixture
def killed(make_site: MakeSite, domain: Domain) -> Killed:
    office = Office(make_site(DOCUMENTS))
    office.feed({"i": "i@corp.kz"}, GROUPS, {"VPN": ["i"]})
    return Killed(office, domain)


def check_sync(killed: Killed, numbers: Sequence[int]) -> None:
    expected = {}
    for _ in range(4):  # the first two make and adopt, the next ones only switch
        killed.turn()
        before = killed.office.journal()
        assert killed.command("sync").code == 0
        expected[killed.filter] = killed.state(), killed.office.journal() - before

    def act(number: int) -> Ended:
        killed.turn()
        ended = killed.command("sync", dies_at=number)
        complete(killed, expected)
        return ended

    for number in numbers or killed.places(act):
        ended = act(number)
        assert ended.code == -9, ended
    assert killed.site.value(f"select count(*) from {STORE}.ad_run where result = 'failed'") == 0


def complete(killed: Killed, expected: dict[str, tuple[object, int]]) -> None:
    """After a kill all of it is done, or nothing; then another sync leads to where the first one would have."""
    state, _ = expected[killed.filter]
    other, _ = expected["first" if killed.filter == "second" else "second"]
    found = killed.state()
    assert found in (state, other), "half of it is done"
    before = killed.office.journal()
    killed.forget_leases()
    assert killed.command("sync").code == 0
    assert killed.state() == state
    assert killed.shown() == sorted((one, status) for one, (_, status, _) in killed.office.people().items())
    assert killed.office.journal() - before == (0 if found == state else expected[killed.filter][1])


def check_login(killed: Killed, numbers: Sequence[int]) -> None:
    killed.turn()
    assert killed.command("sync").code == 0
    killed.site.look(f"update {STORE}.bo_person set surname = 'old' where email = 'user00000'")
    changed = killed.state()

    def act(number: int) -> Ended:
        killed.site.look(f"update {STORE}.bo_person set surname = 'old' where email = 'user00000'")
        ended = killed.command("login", "user00000", dies_at=number, password=PASSWORD)
        assert killed.state() in (changed, whole), "half of it is done"
        assert killed.command("login", "user00000", password=PASSWORD).code == 0, "a sync of one user holds up none"
        assert killed.state() == whole
        return ended

    assert killed.command("login", "user00000", password=PASSWORD).code == 0
    whole = killed.state()
    for number in numbers or killed.places(act):
        ended = act(number)
        assert ended.code == -9, ended
    assert killed.site.look(f"select * from {STORE}.ad_try") == []


@pytest.mark.nightly
@pytest.mark.parametrize("check", [check_sync, check_login])
def test_a_kill_at_each_statement(killed: Killed, check: Callable[..., None]) -> None:
    check(killed, ())


def test_a_sync_that_is_killed(killed: Killed) -> None:
    check_sync(killed, OF_SYNC)


def test_a_login_that_is_killed(killed: Killed) -> None:
    check_login(killed, OF_LOGIN)
