"""What a partner reads about its hand-over, by its marker and its receipts."""

from typing import Any

import pytest

from etl.engine.partner_view import PartnerView
from etl.web.pages.own import WhyNot, _shape, _state


def marker(load: int = 1, status: int = 0, *, occupied: int = 0) -> dict[str, Any]:
    return {"load_status": load, "ins_inkafka_status": status, "occupied_by_process": occupied}


@pytest.mark.parametrize(
    ("row", "receipts", "rejected", "state"),
    [
        (marker(1, 1, occupied=7), (), 0, "being_read"),
        (marker(1, 2), ({},), 0, "stopped"),
        (marker(1, 0), ({},), 0, "handed_over"),
        (marker(0, 0), ({},), 0, "loading"),
        (None, (), 0, "handed_over"),
        (marker(1, 1), (), 0, "never"),
        (marker(1, 1), ({},), 3, "rejected"),
        (marker(1, 1), ({},), 0, "quiet"),
    ],
)
def test_states(row: dict[str, Any] | None, receipts: tuple[Any, ...], rejected: int, state: str) -> None:
    assert _state(PartnerView(row, receipts), rejected) == state


def test_an_open_page_is_loaded_again_after_another_run_and_for_other_reasons() -> None:
    one = WhyNot(table="in_Client", status="NEW", rows=7, oldest=None, reason="", reason_rus="")
    shape = _shape("rejected", 1, (one,))
    assert shape == _shape("rejected", 1, (one.model_copy(update={"rows": 8}),))
    others = {_shape("rejected", 2, (one,)), _shape("quiet", 1, (one,)), _shape("rejected", 1, ())}
    assert len(others | {shape, _shape("rejected", 1, None)}) == 5
