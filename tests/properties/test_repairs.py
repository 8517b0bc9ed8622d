"""Random histories of loads, joins, splits and undos of each: the store, and what readers see, is as a model says."""

import os
import random
from collections.abc import Callable, Iterable
from copy import deepcopy

import pytest

from etl.engine import Runtime, join, run_once, split, undo
from tests.fix_company import BOTH_LAYOUTS, ONLY_ONE, MakeSite, Row, Site
from tests.properties.injected_faults import inject_fault, must_be_found, replace
from tests.properties.model.repairs import NotModelled, Store

pytestmark = pytest.mark.prepared

_EXAMPLES = int(os.environ.get("ETL_PROPERTY_EXAMPLES", "12"))
SEEDS = [random.randrange(1 << 32) for _ in range(_EXAMPLES)] if "ETL_PROPERTY_EXAMPLES" in os.environ else range(2)
_MOST = 60
_ACTS = 12
_TRIES = 20
_NEWEST = 4
_CLAIMS = ("k0", "k1")

_FLAGS = "needLoadFromInTables: true, needUploadToOutTable: true"
DOCUMENTS = {
    "Client": f"""
code: Client
orderIndex: 1
fields:
  - {{code: Name, type: INPUT_TEXT, {_FLAGS}}}
  - {{code: Email, type: INPUT_EMAIL, isUnique: true, {_FLAGS}}}
""",
    "Claim": f"""
code: Claim
orderIndex: 2
fields:
  - {{code: Clients, type: BO, bo: Client, {_FLAGS}}}
""",
}
_STORED = """
select c._in_id as in_id, c.name, c.email,
    array(select a.in_id from store_demo.alias a where a.bo = 'Client' and a.instance = c._id) as aliases,
    array(
        select o._in_id from store_demo.link_claim_clients l
        join store_demo.bo_claim o on o._id = l._owner where l._target = c._id
    ) as claims
from store_demo.bo_client c
where c._state <> 'REMOVED' and c._in_id like %s
"""
_SHOWN = """
select c.name, c.email,
    array(select l.claim_id from out_demo._claim_clients_ l where l.clients_id = c.system_id) as claims
from out_demo.client c
where c.system_id = any(%s)
"""


class History:
    """The real store and the model, act by act. Ids and e-mails are those of this history alone."""

    def __init__(self, site: Site, runtime: Runtime, seed: int) -> None:
        self.site, self.runtime, self.choose = site, runtime, random.Random(seed)
        self.mark = f"{seed}x{site.count('in_tables.run')}-"
        self.model, self.units, self.log = Store(), list[int](), list[str]()

    def play(self) -> None:
        acts = [self.load] * 4 + [self.join] + [self.split] * 3 + [self.undo]
        for _ in range(_ACTS):
            for _ in range(_TRIES):
                act = self.choose.choice(acts)
                before = deepcopy(self.model)
                try:
                    act()
                except NotModelled:
                    self.model = before
                    continue
                break
            self.compare()

    def load(self) -> None:
        in_id, claim = self._id(), self.choose.choice([None, *_CLAIMS])
        email = self.choose.choice([None, *(f"{self.mark}{letter}@x.org" for letter in "pqrpqr")])
        values = {"name": f"name {self.choose.randrange(4)}", "email": email}
        self._try(lambda model, unit: model.load(unit, in_id, values, claim))
        self.log.append(f"load {in_id} {values} {claim}")
        self.site.partner.redeliver("in_client", {"in_id": in_id} | values)
        self.site.partner.redeliver("in_claim_clients", *([{"claim_id": claim, "clients_id": in_id}] if claim else []))
        self.site.partner.hand_over()
        number = run_once(self.runtime).run
        assert number is not None
        self._do(number, lambda model, unit: model.load(unit, in_id, values, claim))

    def join(self) -> None:
        own = [row["_in_id"] for row in self.model.live().values() if row["_in_id"]]
        known = sorted([*own, *self.model.aliases])
        if len(known) < 2:
            raise NotModelled
        kept, absorbed = self.choose.sample(known, 2)
        self._try(lambda model, unit: model.join(unit, kept, absorbed))
        self.log.append(f"join {kept} {absorbed}")
        number = join(self.runtime, "Client", kept, absorbed).number
        assert number is not None
        self._do(number, lambda model, unit: model.join(unit, kept, absorbed))

    def split(self) -> None:
        in_id = self.choose.choice(sorted(self.model.aliases) or [self._id()])
        self._try(lambda model, unit: model.split(unit, in_id))
        self.log.append(f"split {in_id}")
        number = split(self.runtime, "Client", in_id).number
        assert number is not None
        self._do(number, lambda model, unit: model.split(unit, in_id))

    def undo(self) -> None:
        """Of a load, a join, a split, or of such an undo."""
        open_ones = [one for one in self.units if one not in self.model.undone()][-_NEWEST:]
        if not open_ones:
            raise NotModelled
        unit = self.choose.choice(open_ones)
        self._try(lambda model, number: model.undo(unit, number))
        self.log.append(f"undo {unit}")
        self._do(undo(self.runtime, unit).as_run, lambda model, number: model.undo(unit, number))

    def compare(self) -> None:
        rows = self.site.look(_STORED, [f"{self.mark}%"])
        found = sorted(
            (row["in_id"], row["name"] or "", row["email"] or "", sorted(row["aliases"]), sorted(row["claims"]))
            for row in rows
        )
        assert found == self.model.shown(), "\n".join(self.log)
        ids = self.site.look("select _id from store_demo.bo_client where _in_id like %s", [f"{self.mark}%"])
        shown = self.site.look(_SHOWN, [[row["_id"] for row in ids]])
        assert _counted(shown) == _counted(rows), "\n".join(self.log)

    def _id(self) -> str:
        return f"{self.mark}{self.choose.choice('abcde')}"

    def _try(self, act: Callable[[Store, int], None]) -> None:
        """Raises NotModelled before anything is done."""
        act(deepcopy(self.model), 1 << 62)

    def _do(self, number: int, act: Callable[[Store, int], None]) -> None:
        act(self.model, number)
        self.units.append(number)
        self.log.append(f"  as {number}")


def _counted(rows: list[Row]) -> list[tuple[str, str, int]]:
    return sorted((row["name"] or "", row["email"] or "", len(row["claims"])) for row in rows)


def play_all(site: Site, seeds: Iterable[int]) -> None:
    with site.runtime() as runtime:
        for seed in seeds:
            History(site, runtime, seed).play()


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    """Claims that are there, and an in_ table of each kind."""
    site = make_site(DOCUMENTS, copyTables="false")
    site.partner.fill("in_claim", *({"in_id": one} for one in _CLAIMS))
    site.partner.hand_over()
    site.run()
    site.partner.redeliver("in_claim")
    return site


@BOTH_LAYOUTS
def test_joins_and_splits_between_loads(site: Site) -> None:
    play_all(site, SEEDS)


def links_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    """A split leaves the links of the id where they are."""
    inject_fault(monkeypatch, "take_links", replace(r"j\.change = 'linked'", "false"))


@ONLY_ONE
@pytest.mark.negative_control
@pytest.mark.parametrize("fault", [links_stay], ids=lambda one: one.__name__)
def test_a_fault_of_repairs_is_found(
    fault: Callable[[pytest.MonkeyPatch], None], site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    fault(monkeypatch)
    with must_be_found():
        play_all(site, range(_MOST))
