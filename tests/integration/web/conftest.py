"""A console on a prepared company, and an action that tests add to the table."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from etl.config import open_source
from etl.web import app
from etl.web.requests import ActionRequest, Done
from etl.web.roles import ACTING
from etl.web.route import Action
from tests.fix_company import CLAIMS, CODE, MakeSite, Site
from tests.fix_web import ServeWeb, Web


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    return make_site(CLAIMS)


@pytest.fixture
def passwords(site: Site) -> Site:
    """The console asks its viewers to sign in."""
    site.write("configs/WebConfig.txt", "identity=password")
    return site


@dataclass
class Counting:
    """An action that counts its calls, and waits where a test holds it up."""

    calls: list[ActionRequest] = field(default_factory=list)
    begun: threading.Event = field(default_factory=threading.Event)
    may_end: threading.Event = field(default_factory=threading.Event)
    error: Exception | None = None

    def act(self, request: ActionRequest) -> Done:
        self.calls.append(request)
        self.begun.set()
        assert self.may_end.wait(30)
        if self.error:
            raise self.error
        return Done("/now", f"counted {request.required('what')}", {"calls": len(self.calls)})


@pytest.fixture
def counting(monkeypatch: pytest.MonkeyPatch) -> Iterator[Counting]:
    """POST /c/{company}/count."""
    found = Counting()
    found.may_end.set()
    action = Action("/c/{company}/count", "count", found.act, ACTING, hidden=frozenset({"secret"}))
    monkeypatch.setattr(app, "ACTIONS", (action,))
    # A busy machine is no reason to answer before the action has ended.
    monkeypatch.setattr(app, "ACTION_SECONDS", 60.0)
    yield found
    found.may_end.set()


@pytest.fixture
def web(site: Site, serve_web: ServeWeb, counting: Counting) -> Web:
    """Its table of actions has the one that counts."""
    return serve_web(site)


def second_company(site: Site, code: str = "other") -> None:
    """A company beside the first one, with the same objects and databases."""
    with open_source(site.url) as source:
        for path, text in source.snapshot().texts.items():
            if path.startswith(f"companies/{CODE}/"):
                source.write(path.replace(f"companies/{CODE}/", f"companies/{code}/"), text.content)
