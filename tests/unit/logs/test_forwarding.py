"""Events of one process in the log of another one."""

import logging
import pickle
from collections.abc import Iterator

import pytest

from etl.logs import forward_events, keep_secret, levels_here, take_event
from etl.settings.origin import MASK


@pytest.fixture
def root(monkeypatch: pytest.MonkeyPatch) -> Iterator[logging.Logger]:
    """The root logger, which afterwards is as before; this test's process is both the one and the other."""
    handlers, level, raises = logging.root.handlers[:], logging.root.level, logging.raiseExceptions
    yield logging.root
    logging.root.handlers[:], logging.raiseExceptions = handlers, raises
    logging.root.setLevel(level)
    logging.getLogger("forwarded").setLevel(logging.NOTSET)


@pytest.mark.usefixtures("root")
def test_events_arrive_as_texts_without_secrets() -> None:
    keep_secret("s3cret-of-another")
    sent: list[bytes] = []
    forward_events(lambda record: sent.append(pickle.dumps(record)), {"": logging.INFO, "forwarded": logging.WARNING})
    log = logging.getLogger("forwarded")
    log.info("too little")
    log.warning("by %s", "s3cret-of-another")
    try:
        raise OSError(5, "s3cret-of-another")
    except OSError:
        log.exception("a fault")
    first, second = (pickle.loads(one) for one in sent)
    assert (first.getMessage(), first.levelno) == (f"by {MASK}", logging.WARNING)
    assert second.getMessage() == "a fault"
    assert f"OSError: [Errno 5] {MASK}" in second.exc_text
    assert first.threadName


@pytest.mark.usefixtures("root")
def test_no_event_ends_a_process_without_a_listener(capsys: pytest.CaptureFixture[str]) -> None:
    def send(record: logging.LogRecord) -> None:
        raise BrokenPipeError

    forward_events(send, {"": logging.INFO})
    logging.getLogger("forwarded").info("unheard")
    assert capsys.readouterr().err == ""


def test_the_log_here_decides(root: logging.Logger, caplog: pytest.LogCaptureFixture) -> None:
    logging.getLogger("forwarded").setLevel(logging.ERROR)
    assert levels_here()["forwarded"] == logging.ERROR
    for level in (logging.WARNING, logging.ERROR):
        take_event(logging.LogRecord("forwarded", level, "", 0, "it is %d", (level,), None))
    assert [one.getMessage() for one in caplog.records if one.name == "forwarded"] == ["it is 40"]
