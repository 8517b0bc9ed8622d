"""A signed-in viewer, with a role in each company."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from etl.web.roles import STRENGTH, Role

EVERY_COMPANY: Final = ""


@dataclass(frozen=True)
class Principal:
    """Who asks. `roles`: company -> role; the empty company stands for all that are not named. `session`: digest of the
    cookie of a sign-in, None for those who are known otherwise; `is_of_proxy`: a trusted proxy has named the user."""

    name: str
    roles: Mapping[str, Role] = field(default_factory=dict)
    language: str = ""
    session: bytes | None = field(default=None, repr=False)
    is_of_proxy: bool = False

    def role_in(self, company: str) -> Role | None:
        """The role in a company, None without one."""
        return self.roles.get(company) or self.roles.get(EVERY_COMPANY)

    def companies(self, codes: tuple[str, ...]) -> tuple[str, ...]:
        """Those of the codes that the principal may see."""
        return tuple(code for code in codes if self.role_in(code))

    @property
    def strongest(self) -> Role | None:
        """The role for pages that belong to no company."""
        held = set(self.roles.values())
        return next((role for role in STRENGTH if role in held), None)
