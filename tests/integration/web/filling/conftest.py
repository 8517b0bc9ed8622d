"""A console with a spool of the test's own."""

import pytest

from etl.web import app
from tests.fix_company import Site
from tests.fix_web import ServeWeb, Web
from tests.integration.web.uploads import configure


@pytest.fixture
def site(site: Site, monkeypatch: pytest.MonkeyPatch) -> Site:
    configure(site)
    # A busy machine is no reason to answer before an action has ended.
    monkeypatch.setattr(app, "ACTION_SECONDS", 60.0)
    return site


@pytest.fixture
def web(site: Site, serve_web: ServeWeb) -> Web:
    return serve_web(site)
