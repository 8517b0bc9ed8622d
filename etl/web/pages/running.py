"""Starting a run: as `etl run` does, in a thread of the console."""

from etl.engine import Runtime, run_once, send_alerts, watch_feed
from etl.errors import EtlError
from etl.web.requests import ActionRequest, Done
from etl.web.texts.sentence import sentence_of


def start(request: ActionRequest) -> Done:
    """Performs a run if the marker says so, or takes one over that was left."""
    return _run(request, accept=False)


def accept(request: ActionRequest) -> Done:
    """Performs a run of rows that a guard has stopped."""
    return _run(request, accept=True)


def _run(request: ActionRequest, *, accept: bool) -> Done:
    with request.own_runtime() as runtime:
        try:
            outcome = run_once(runtime, accept=accept)
        except EtlError:
            _notify(runtime)
            raise
        _notify(runtime)
    if outcome.run is None:
        return Done("/now", sentence_of("sentence.nothing_to_do", reason=outcome.reason))
    claimed = sum(one.claimed for one in outcome.receipts)
    sentence = sentence_of("sentence.run_done", run=str(outcome.run), n=claimed, rejected=outcome.errors)
    return Done(f"/runs/{outcome.run}", sentence, {"run": str(outcome.run), "errors": outcome.errors})


def _notify(runtime: Runtime) -> None:
    watch_feed(runtime)
    send_alerts(runtime)
