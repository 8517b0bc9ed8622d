"""The writing of outputs on one host: a thread for each, so that none keeps another one back.

A fault of the environment ends nothing: it is tried again after a pause that grows. Where another process leads an
output, this one stands by.
"""

import logging
import threading
import time
from collections.abc import Collection, Mapping

from etl.database import cancel_thread
from etl.engine.hold import hold_here
from etl.engine.kafka_out.outputs import chosen_outputs, output_writer, prepare_outputs
from etl.engine.runtime import Runtime
from etl.engine.topic_alerts import AlertKind, TopicAlerts
from etl.engine.wiring import build_runtime
from etl.errors import EtlError, FencedOut, MarkerHeld, OnHold, TransientFault
from etl.metadata import Company
from etl.outputs.kafka.writing import OutputWriter
from etl.retry import Backoff, ServiceRetry
from etl.settings import Settings
from etl.settings.kafka_model import OutMigrationKafka

_log = logging.getLogger("out_kafka_migration")

# Changes that other processes make are found by looking so often; those of this one at once.
_POLL_SECONDS = 0.2
# Between two looks whether the lease of another leader has ended.
_STAND_BY_SECONDS = 1.0
_BACKOFF = Backoff(first=1.0, longest=30.0)
# A step that is under way has this time to end; then its statement is cancelled, and Kafka aborts its transaction.
_FINISH_SECONDS = 2.5
_CANCEL_SECONDS = 1.0


class OutputWriting:
    """Writes outputs of one company, under one configuration, in threads of its own from start() to end()."""

    def __init__(
        self, settings: Settings, company: Company, environ: Mapping[str, str], names: Collection[str] = ()
    ) -> None:
        self._settings, self._company, self._environ, self._names = settings, company, environ, tuple(names)
        self._is_ending = threading.Event()
        self._written: list[_WrittenOutput] = []
        self._thread = threading.Thread(target=self._run, name="outputs", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def wake(self) -> None:
        """The store has changed; any thread may call it."""
        for one in self._written:
            one.wake()

    def end(self) -> None:
        self._is_ending.set()
        self.wake()

    def join(self, seconds: float) -> None:
        """Waits for its end: steps are finished or taken back, and other processes may lead at once."""
        self._thread.join(seconds)

    def _run(self) -> None:
        ServiceRetry(_BACKOFF, _log).run("the outputs wait", self._prepare_and_write, self._is_ending)

    def _prepare_and_write(self) -> None:
        with build_runtime(self._settings, self._company, self._environ) as runtime:
            if not self._waits_for_release(runtime):
                return
            prepare_outputs(runtime)
            alerts = TopicAlerts(runtime, "outputs")
            alerts.start()
            try:
                self._write(runtime, alerts)
            finally:
                alerts.stop()

    def _waits_for_release(self, runtime: Runtime) -> bool:
        """Waits while the company is closed; False: the service ends."""
        while not self._is_ending.is_set():
            hold = hold_here(runtime)
            if hold is None or hold.closed_at is None:
                return True
            self._is_ending.wait(_STAND_BY_SECONDS)
        return False

    def _write(self, runtime: Runtime, alerts: TopicAlerts) -> None:
        self._written = [
            _WrittenOutput(runtime, output, self._is_ending, alerts) for output in chosen_outputs(runtime, self._names)
        ]
        for one in self._written:
            one.thread.start()
        self._is_ending.wait()
        deadline = time.monotonic() + _FINISH_SECONDS
        for one in self._written:
            one.wake()
            one.thread.join(max(deadline - time.monotonic(), 0))
        late = [one for one in self._written if one.thread.is_alive()]
        for one in late:
            cancel_thread(one.thread.ident or 0, _CANCEL_SECONDS)
        for one in late:
            one.thread.join(_CANCEL_SECONDS / len(late))


class _WrittenOutput:
    def __init__(
        self, runtime: Runtime, output: OutMigrationKafka, is_ending: threading.Event, alerts: TopicAlerts
    ) -> None:
        self._name, self._is_ending, self._alerts = output.name, is_ending, alerts
        self._runtime = runtime
        # When to look next whether an operator lets it write, on the monotonic clock.
        self._hold_at = 0.0
        self._writer: OutputWriter = output_writer(runtime, output, self._refuse_ending)
        self._woken = threading.Event()
        self._retry = ServiceRetry(_BACKOFF, _log)
        self.thread = threading.Thread(target=self._run, name=f"output {output.name}", daemon=True)

    def wake(self) -> None:
        self._woken.set()

    def _refuse_ending(self) -> None:
        if self._is_ending.is_set():
            raise EtlError("the service ends")

    def _refuse_on_hold(self) -> None:
        """On a hold of all hosts an output is still brought to where the store is."""
        if time.monotonic() < self._hold_at:
            return
        hold = hold_here(self._runtime)
        if hold and (hold.host or hold.closed_at):
            raise OnHold(str(hold))
        self._hold_at = time.monotonic() + _STAND_BY_SECONDS

    def _run(self) -> None:
        try:
            while not self._is_ending.is_set():
                self._woken.clear()
                pause = self._try()
                (self._is_ending if self._retry.is_waiting else self._woken).wait(pause)
        finally:
            self._writer.close()

    def _try(self) -> float:
        """Writes what there is; returns the seconds until the next look."""
        try:
            self._refuse_on_hold()
            self._writer.write_all()
            self._writer.beat()
        except (MarkerHeld, FencedOut, OnHold) as other:
            self._writer.close()
            self._retry.say(f"the output {self._name} stands by: {other}", logging.INFO)
            return _STAND_BY_SECONDS
        except EtlError as fault:
            if not self._is_ending.is_set():
                text = f"the output {self._name} waits: {fault}"
                self._retry.say(text, logging.ERROR)
                if not isinstance(fault, TransientFault):
                    self._alerts.begin(AlertKind.OUTPUT_STOPPED, self._name, text)
            return self._retry.pause()
        except Exception as fault:
            return self._retry.pause_after(f"the output {self._name} waits", fault)
        if self._retry.is_waiting:
            _log.info("the output %s is written", self._name)
        self._retry.succeed()
        self._alerts.end(AlertKind.OUTPUT_STOPPED, self._name)
        return _POLL_SECONDS
