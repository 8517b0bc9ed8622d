"""Runs of both worlds: whole ones, ones that die on their way, ones during which the partner acts."""

from collections.abc import Callable

import psycopg

from etl.errors import RunStopped
from etl.runs import Kind
from tests.properties.comparison import differences
from tests.properties.interruption import Crash, Interruption
from tests.properties.model import Policy, Stopped, World, begin_or_resume, close, perform
from tests.properties.real_company import RealCompany

_LINKS = (Kind.MIGRATE_BO_LINKS, Kind.MIGRATE_CO_LINKS)
# Tasks within which it makes no difference when the partner acts: either the act comes before the task, or a lock
# keeps it out. The others read in_ tables without locking them.
_CALM = (Kind.MIGRATE_SINGLE_FIELDS, *_LINKS, Kind.NOP, Kind.COPY_ERR, Kind.FILL_OUT, Kind.RUN_PROCESSES)

# Parts of a step of the model: of its first one, which claims, of the last one, which fills out tables; and barriers.
_INNER = (Kind.CLAIM, Kind.PLAN, Kind.MAKE_INDEXES, Kind.FILL_OUT, Kind.NOTIFY, Kind.NOP)


class Runner:
    """Lets both worlds run and compares them. `halfway`: a crash left tables claimed or the links of one merged
    in part, a moment that the model does not have; the partner must keep still until the next run."""

    def __init__(self, world: World, real: RealCompany) -> None:
        self.world, self.real = world, real
        self.halfway = False

    def run(self, policy: Policy, interruption: Interruption | None = None) -> None:
        """A run to its end, or none without a hand-over."""
        runs = self.world.runs
        was_running = self.world.run is not None
        stops = False
        try:
            outcome = self.real.run(policy, interruption)
            starts = begin_or_resume(self.world) is not None or self.world.runs > runs
            assert (outcome.run is not None) == (starts or was_running), outcome.reason
        except RunStopped as stop:
            self.real.log.append(f"-- {stop}")
            begin_or_resume(self.world)
            stops = True
        self._finish(policy, stops=stops)
        self.compare()

    def crash(self, policy: Policy, statement: int, *, hard: bool) -> None:
        """A runner that dies at a statement, if it comes so far; the next run resumes its work."""
        try:
            self.real.crash(policy, Interruption(statement, is_hard=hard))
        except Crash:
            self._follow_crashed(policy)
        except RunStopped:
            begin_or_resume(self.world)
            self._finish(policy, stops=True)
        else:
            begin_or_resume(self.world)
            self._finish(policy, stops=False)
        if not self.halfway:
            self.compare()

    def run_and_act(self, policy: Policy, statement: int, act: Callable[[], None], *, contains: str) -> None:
        """A run to its end; before one of its statements (of those that contain `contains`) the partner does something,
        unless a lock keeps it out."""

        def meanwhile() -> None:
            running = self._catch_up(policy)
            if running is None or self.halfway:
                return
            try:
                act()
            except psycopg.errors.LockNotAvailable:
                self.real.log.append("-- that was locked")

        self.run(policy, Interruption(statement, meanwhile, contains=contains))

    def _catch_up(self, policy: Policy) -> Kind | None:
        """Brings the model to where the run stands; the kind of the task under way, None when the partner must wait."""
        last = self._new_or_running()
        if last is None or last["state"] != "running":
            return None
        tasks = self.real.tasks(last["id"])
        kind = next((Kind(task["kind"]) for task in tasks if task["state"] == "running"), Kind.NOP)
        if kind not in _CALM or not any(task["state"] == "done" for task in tasks):
            return None
        self._follow(last["id"], policy)
        self.real.log.append(f"-- meanwhile, in {kind}")
        return kind

    def _follow(self, run: object, policy: Policy) -> None:
        """Lets the model do what the real run has done; in the same order, or what comes next would not be the same."""
        begin_or_resume(self.world)
        self.real.runs.bind(self.world.runs, run)
        done = self._steps(run)
        perform(self.world, policy, steps=len(done))
        plan = self.world.run.plan if self.world.run else None
        assert plan is None or [(one.kind, one.table, one.first) for one in plan[: len(done)]] == done

    def _follow_crashed(self, policy: Policy) -> None:
        last = self._new_or_running()
        if last is None:
            return  # it died before it had won anything
        if last["state"] == "running":
            self._follow(last["id"], policy)
        else:
            begin_or_resume(self.world)
            self.real.runs.bind(self.world.runs, last["id"])
            self._finish(policy, stops=last["state"] == "stopped")

    def _new_or_running(self) -> dict[str, object] | None:
        last = self.real.last_run()
        if last is None or (last["id"] in self.real.runs.model and self.world.run is None):
            return None
        return last

    def _finish(self, policy: Policy, *, stops: bool) -> None:
        is_stopped = False
        if self.world.run:
            try:
                perform(self.world, policy)
                close(self.world)
            except Stopped:
                is_stopped = True
        assert stops == is_stopped, f"the run was stopped: {stops}; the model says {is_stopped}"
        self.halfway = False

    def _steps(self, run: object) -> list[tuple[str, str, int | None]]:
        """The steps of the model's plan that the real tasks have done; a link table is one step there."""
        all_tasks = self.real.tasks(run)
        if any(task["kind"] == Kind.PLAN and task["state"] != "done" for task in all_tasks):
            self.halfway = True  # claimed in part
            return []
        tasks = [task for task in all_tasks if task["kind"] not in _INNER]
        done = [task for task in tasks if task["state"] == "done"]
        parted = {task["in_table"] for task in tasks if task["kind"] in _LINKS and task["state"] != "done"}
        whole = [task for task in done if task["kind"] not in _LINKS or task["in_table"] not in parted]
        self.halfway = len(whole) < len(done)
        steps = (
            (one["kind"], one["in_table"], None if one["kind"] in _LINKS else one["first_position"]) for one in whole
        )
        return list(dict.fromkeys(steps))

    def compare(self) -> None:
        wrong = differences(self.world, self.real)
        reported = "\n".join(
            f"{subject}\n  model: {expected}\n  real:  {actual}" for subject, (expected, actual) in wrong.items()
        )
        assert not wrong, f"\n{reported}"
