"""Why a row or a record was rejected, and what to do about it, by the code of the error."""

from etl.merge.errors.catalogue import fault_of
from etl.web.pages.frame import CompanyPage


class WithCause(CompanyPage):
    """Cause and cure in English and Russian, "" for a code of another program; other languages have them as texts."""

    cause: str
    cause_russian: str
    cure: str
    cure_russian: str


def cause_of(code: str) -> dict[str, str]:
    """The fields of the page."""
    fault = fault_of(code)
    return {name: getattr(fault, name) if fault else "" for name in ("cause", "cause_russian", "cure", "cure_russian")}
