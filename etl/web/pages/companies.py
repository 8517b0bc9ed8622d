"""Which companies the viewer may see."""

from etl.web.requests import Model, PageRequest


class Companies(Model):
    """Their codes, in order."""

    companies: tuple[str, ...]


def page(request: PageRequest) -> Companies:
    """The companies of the viewer."""
    return Companies(companies=request.companies)
