"""Spans around work: without effect until an exporter takes them."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

Value = str | int | float | bool
Spans = Callable[[str, dict[str, Value]], AbstractContextManager[None]]

_taken_by: list[Spans] = []


@contextmanager
def span(name: str, **attributes: Value) -> Iterator[None]:
    """A span for the time of a `with` block, inside the one that is open in this thread."""
    if not _taken_by:
        yield
        return
    with _taken_by[-1](name, attributes):
        yield


@contextmanager
def using(spans: Spans) -> Iterator[None]:
    """Within the `with` block `spans` opens the spans."""
    _taken_by.append(spans)
    try:
        yield
    finally:
        _taken_by.remove(spans)
