"""Which companies the viewer may see."""

from etl.web.requests import Model, PageRequest
from etl.web.roles import FRESHNESS


class Companies(Model):
    """Their codes, in order. `shows_freshness`: there is a page about how fresh the data of several of them are."""

    companies: tuple[str, ...]
    shows_freshness: bool


def page(request: PageRequest) -> Companies:
    """The companies of the viewer."""
    seen = [code for code in request.companies if (one := request.of_company(code)) and one.viewer.role in FRESHNESS]
    return Companies(companies=request.companies, shows_freshness=len(seen) > 1)
