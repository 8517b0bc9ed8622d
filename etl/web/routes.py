"""The one table of routes and roles: every page and every action of the console. Who is not in it, gets no further."""

from typing import Final

from etl.web.pages import companies, now
from etl.web.roles import ALL
from etl.web.route import Action, Route

ROUTES: Final = (
    Route("/", companies.page, ALL, "companies.html"),
    Route("/c/{company}/now", now.page, ALL, "now.html"),
)

ACTIONS: Final[tuple[Action, ...]] = ()
