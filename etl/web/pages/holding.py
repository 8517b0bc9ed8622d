"""Ending a hold: as `etl release` does."""

from etl.operations import release as release_hold
from etl.web.requests import ActionRequest, Done
from etl.web.texts.sentence import sentence_of


def release(request: ActionRequest) -> Done:
    """What waits begins at once."""
    with request.own_runtime() as runtime:
        found = release_hold(runtime)
    if found is None:
        return Done("/now", sentence_of("sentence.nothing_held"))
    return Done("/now", sentence_of("sentence.released", reason=found.reason), {"reason": found.reason})
