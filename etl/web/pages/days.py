"""A span of days in a question: `?from=2026-11-01&to=2026-11-30`, in the zone of the page."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from etl.store import Span
from etl.web.problems import bad_request
from etl.web.requests import PageRequest
from etl.web.texts import zone_named
from etl.web.texts.sentence import sentence_of

_EARLIEST, _LATEST = date(1970, 1, 2), date(9999, 12, 30)


@dataclass(frozen=True)
class Days:
    """From a day to a day, both included; None: without that end."""

    first: date | None
    last: date | None

    def within(self, zone_name: str) -> Span:
        """The moments between which they lie."""
        zone = zone_named(zone_name)
        return (
            datetime.combine(self.first, time(), zone) if self.first else None,
            datetime.combine(self.last + timedelta(days=1), time(), zone) if self.last else None,
        )


def days_of(request: PageRequest) -> Days:
    """The days that a page is asked for."""
    return Days(_day(request, "from"), _day(request, "to"))


def _day(request: PageRequest, name: str) -> date | None:
    if not (text := request.query.get(name, "")):
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise bad_request(sentence_of("sentence.no_day", name=name)) from None
    return min(max(day, _EARLIEST), _LATEST)
