"""Sign-ins of a viewer who has none: known by a proxy, or on a console without sign-ins."""

import pytest

from etl.web.pages import sign_ins
from etl.web.problems import RequestProblem
from etl.web.requests import ActionRequest, PageRequest, Viewer
from etl.web.roles import Role

VIEWER = Viewer("ann", Role.VIEWER, "en")


def test_the_page_says_that_none_are_kept() -> None:
    found = sign_ins.page(PageRequest("", VIEWER))
    assert (found.items, found.is_kept) == ((), False)


@pytest.mark.parametrize("number", ["7", "x", "-1", "", "9" * 30])
def test_none_can_be_ended(number: str) -> None:
    for act in (sign_ins.end, sign_ins.end_others):
        with pytest.raises(RequestProblem) as refused:
            act(ActionRequest("", VIEWER, path={"sign_in": number}))
        assert (refused.value.answer.status, refused.value.answer.code) == (404, "not_found")
