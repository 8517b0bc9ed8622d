"""Random companies, batches, partners and crashes on a real PostgreSQL: the engine does what the model says.

`make properties` runs many more and longer examples than the suite.
"""

import os
from contextlib import ExitStack
from functools import partial

import hypothesis
import pytest
from hypothesis import HealthCheck, assume, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from etl.embedded import EmbeddedServer
from tests.fix_database import Database
from tests.properties import generators, versions
from tests.properties.model import Policy, World, bring_up_to_date
from tests.properties.partner import ACTS, Partner
from tests.properties.real_company import open_real_company
from tests.properties.runner import Runner

# Two tests, for two processes, of eight examples each; the same each time, so that the suite says something about the
# change at hand. `make properties` and a part of `make nightly` look for new ones, in one test.
SEEDS = (None,) if "ETL_PROPERTY_EXAMPLES" in os.environ else (1, 2)
SETTINGS = settings(
    max_examples=int(os.environ.get("ETL_PROPERTY_EXAMPLES", "8")),
    stateful_step_count=int(os.environ.get("ETL_PROPERTY_STEPS", "30")),
    deadline=None,
    derandomize="ETL_PROPERTY_EXAMPLES" not in os.environ,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
ENDINGS = (
    *("rest", "rest", "rest", "rest", "rest", "hand_over", "run", "run", "crash", "run_and_act", "out", "out"),
    "full_set",
)
ACTS_ON_ROWS = [act for act in ACTS if act not in ("deliver_file", "let_time_pass")]
# Rows are staged, then marked: what the partner does in between is the finest point of a merge.
MARKING = "set in_status = case"
policies = st.builds(
    Policy,
    keep_on_null=st.booleans(),
    chunk_rows=st.sampled_from([1000, 1, 2, 3, 5]),
    max_value_bytes=st.sampled_from([64, 64, 100_000_000]),
    shows=st.sampled_from([True, True, True, False]),
)


class InMigration(RuleBasedStateMachine):
    """One company's life. Everything happens to both worlds; after every run they must be equal."""

    def __init__(self, server: EmbeddedServer, template: Database) -> None:
        super().__init__()
        self._place = (server, template)
        self._open = ExitStack()

    @initialize(documents=generators.documents(), data=st.data())
    def set_up(self, documents: dict[str, generators.Document], data: st.DataObject) -> None:
        texts = {code: generators.as_text(document) for code, document in documents.items()}
        self.real = self._open.enter_context(open_real_company(*self._place, texts))
        self.world = World(self.real.company)
        assume(self.world.rows)  # a company may load nothing
        self.partner, self.runner = Partner(self.world, self.real), Runner(self.world, self.real)
        self.partner.begin(data)

    def teardown(self) -> None:
        if hasattr(self, "real"):
            note("\n".join(self.real.log))
        self._open.close()

    @rule(data=st.data(), acts=st.lists(st.sampled_from(ACTS), max_size=4), ending=st.sampled_from(ENDINGS))
    def live(self, data: st.DataObject, acts: list[str], ending: str) -> None:
        """The partner does some things; then perhaps a runner comes by. One rule for all: Hypothesis leaves out whole
        rules for an example, and most would do nothing without the others."""
        for act in acts:
            if not self.runner.halfway:
                getattr(self.partner, act)(data)()
        getattr(self, ending)(data)
        if ending in ("run", "run_and_act", "out", "full_set"):
            assert versions.disagreements(self.real) == []

    def rest(self, data: st.DataObject) -> None:
        """No run starts."""

    def hand_over(self, data: st.DataObject) -> None:
        self.partner.hand_over(data)

    def run(self, data: st.DataObject) -> None:
        self.partner.hand_over(data)
        self.runner.run(data.draw(policies))

    def full_set(self, data: st.DataObject) -> None:
        """A whole run: an interrupted one would need the ids of the rows that it adds."""
        if not self.world.run and not self.runner.halfway:
            self.partner.say_full_sets(data)
        self.runner.run(data.draw(policies))

    def out(self, data: st.DataObject) -> None:
        """Raises the out_ version, switches or rolls back. With a switch all versions follow what is merged so
        far; while a run stands still halfway, that is a moment which the model does not have."""
        for act in data.draw(st.lists(st.sampled_from(["raise", "switch", "rollback"]), min_size=1, max_size=3)):
            self._act_on_versions(data, act)

    def _act_on_versions(self, data: st.DataObject, act: str) -> None:
        if act == "raise":
            flags = {"is_narrow": data.draw(st.booleans()), "is_marked": data.draw(st.booleans())}
            versions.raise_version(self.real, **flags)
        elif not self.world.run and versions.move(self.real, data.draw(st.integers(0, 2)) if act == "switch" else None):
            bring_up_to_date(self.world, self.world.runs)
            self.runner.compare()
            assert not versions.is_behind(self.real)

    def crash(self, data: st.DataObject) -> None:
        self.partner.hand_over(data)
        self.runner.crash(data.draw(policies), self._statement(data), hard=data.draw(st.booleans()))

    def run_and_act(self, data: st.DataObject) -> None:
        self.partner.hand_over(data)
        act = getattr(self.partner, data.draw(st.sampled_from(ACTS_ON_ROWS)))(data)
        is_aimed, statement = data.draw(st.booleans()), self._statement(data)
        if is_aimed:
            statement = data.draw(st.integers(1, 6))
        self.runner.run_and_act(data.draw(policies), statement, act, contains=MARKING if is_aimed else "")

    def _statement(self, data: st.DataObject) -> int:
        """One of about as many as the last run had; Hypothesis must be offered the same choices each time."""
        return 1 + data.draw(st.integers(0, 999)) * self.real.run_length // 1000


def check(
    server: EmbeddedServer, template: Database, chosen: hypothesis.settings = SETTINGS, seed: int | None = None
) -> None:
    """Runs the machine; raises what it finds."""
    machine = partial(InMigration, server, template)  # whatever makes a machine will do
    if seed is not None:
        machine = hypothesis.seed(seed)(machine)
    run_state_machine_as_test(machine, settings=chosen)  # type: ignore[arg-type]


@pytest.mark.parametrize("seed", SEEDS)
def test_the_engine_does_what_the_model_says(server: EmbeddedServer, template: Database, seed: int | None) -> None:
    check(server, template, seed=seed)
