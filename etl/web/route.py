"""The kinds of entries in the table of routes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from etl.web.requests import ActionRequest, Attachment, Done, Model, PageRequest
from etl.web.roles import Role

API: Final = "/api/v1"
RECEIVED: Final = "received"
"""The parameter of an action with a file that names what was received: the server sets another one for each request."""
Page = Callable[[PageRequest], Model]
PerformAction = Callable[[ActionRequest], Done]
Live = Callable[[Model, str], Mapping[str, str]]


@dataclass(frozen=True)
class Route:
    """A page. `path` begins with `/c/{company}/`, or is that of a page of no company.

    `live`: (model, language) -> id of an element -> its text now; then the page has a stream at `path` + `/events`.
    """

    path: str
    page: Page
    roles: frozenset[Role]
    template: str
    live: Live | None = None

    @property
    def of_company(self) -> bool:
        """Whether the page shows one company."""
        return self.path.startswith("/c/{company}/")


@dataclass(frozen=True)
class Action:
    """A POST at `path`. `name` is what the audit calls it; `hidden` are parameters that the audit must not show.

    `takes_file`: its body is a form with a file, which is in the spool when it is done. `has_own_thread`: it may
    take hours, or must not wait for other actions.
    """

    path: str
    name: str
    act: PerformAction
    roles: frozenset[Role]
    hidden: frozenset[str] = frozenset()
    takes_file: bool = False
    has_own_thread: bool = False

    @property
    def of_company(self) -> bool:
        """Whether the action belongs to one company."""
        return self.path.startswith("/c/{company}/")


@dataclass(frozen=True)
class Watched:
    """A page of a company that is followed in a role."""

    route: Route
    company: str
    role: Role


@dataclass(frozen=True)
class Download:
    """A GET at `path` whose answer is a file."""

    path: str
    read: Callable[[PageRequest], Attachment]
    roles: frozenset[Role]

    @property
    def of_company(self) -> bool:
        """Whether the file belongs to one company."""
        return self.path.startswith("/c/{company}/")


def allowed(roles: frozenset[Role], role: Role | None) -> bool:
    """Whether a role (none: the viewer has none there) is among those of an entry."""
    return role is not None and role in roles


def json_path(entry: Route | Action) -> str:
    """The path at which a page is JSON, and an action takes and answers it."""
    return API + ("/companies" if entry.path == "/" else entry.path)
