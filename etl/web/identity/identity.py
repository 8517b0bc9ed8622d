"""The three ways to know who asks."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import compress
from typing import Protocol

from etl.settings.web import WebSettings
from etl.web.identity.own_sign_ins import OwnSignIns
from etl.web.identity.principal import EVERY_COMPANY, Principal
from etl.web.identity.proxy_languages import ProxyLanguages
from etl.web.identity.sessions import Sessions
from etl.web.incoming import Incoming
from etl.web.problems import RequestProblem
from etl.web.roles import STRENGTH, Role


class Identity(Protocol):
    """Says who asks."""

    def principal(self, incoming: Incoming) -> Principal | None:
        """Who asks; None without a sign-in. Raises RequestProblem for what must be refused."""
        ...


class OpenIdentity:
    """Everyone who can connect is an operator: the sockets are loopback ones, or files with permissions."""

    def principal(self, incoming: Incoming) -> Principal:
        """The operator of this machine."""
        return Principal("local", {EVERY_COMPANY: Role.OPERATOR})


class PasswordIdentity:
    """Users who have signed in with a password."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    def principal(self, incoming: Incoming) -> Principal | None:
        """The user of the cookie."""
        return self._sessions.principal(incoming)


class ProxyIdentity:
    """Users whom a trusted proxy has signed in. The layers have refused the headers of all others."""

    def __init__(self, settings: Callable[[], WebSettings]) -> None:
        self._settings = settings

    def principal(self, incoming: Incoming) -> Principal:
        """The user of the header, with the strongest role of the groups in each company."""
        settings = self._settings()
        name = incoming.headers.get(settings.user_header, "").strip()
        if not name or not name.isprintable() or len(name) > 100:
            raise RequestProblem(401, "no_user", "The proxy has named no user.")
        groups = {one.strip() for one in incoming.headers.get(settings.groups_header, "").split(",")}
        roles: dict[str, Role] = {}
        for rule in settings.group_roles:
            if rule.group in groups:
                held = [Role(rule.role), *filter(None, [roles.get(rule.company)])]
                roles[rule.company] = min(held, key=STRENGTH.index)
        return Principal(name, roles, is_of_proxy=True)


class ConfiguredIdentity:
    """The way that the configuration names now; programs with tokens in each of them."""

    def __init__(
        self,
        settings: Callable[[], WebSettings],
        sessions: Sessions,
        languages: ProxyLanguages,
        *,
        is_private: bool,
    ) -> None:
        """`languages`: of users whom a proxy names; `is_private`: only this machine can connect."""
        self._settings, self._sessions, self._is_private = settings, sessions, is_private
        self._languages = languages
        self._modes: dict[str, Identity] = {
            "none": OpenIdentity(),
            "password": PasswordIdentity(sessions),
            "proxy": ProxyIdentity(settings),
        }

    @property
    def mode(self) -> str:
        """The word of the configuration."""
        return self._settings().identity

    def principal(self, incoming: Incoming) -> Principal | None:
        """Who asks, None without a sign-in."""
        if incoming.token.get_secret_value():
            found = self._sessions.of_token(incoming)
            if found is None:
                raise RequestProblem(401, "bad_token", "The token is unknown or has run out.")
            return found
        if self.mode == "none" and not self._is_private:
            # The configuration has changed under a server that others can connect to.
            raise RequestProblem(
                503, "open", "identity=none of WebConfig.txt is for loopback addresses and sockets only."
            )
        return self._modes[self.mode].principal(incoming)

    def sign_ins(self, principal: Principal) -> OwnSignIns | None:
        """The own sign-ins of the one who asks, None for one who is known otherwise."""
        return self._sessions.own(principal)

    def keep_language(self, principal: Principal, language: str) -> None:
        """Notes the language that a user has chosen, for other browsers; nothing of programs and of the only viewer."""
        if principal.session is not None:
            self._sessions.keep_language(principal.name, language)
        elif principal.is_of_proxy:
            self._languages.keep(principal.name, language)

    def with_language(self, principal: Principal) -> Principal:
        """The one who asks, with the language that was chosen in another browser."""
        return replace(principal, language=self._languages.find(principal.name)) if principal.is_of_proxy else principal

    def followed(self, incomings: Sequence[Incoming]) -> list[Principal | None]:
        """Who follows open pages, None for those who may no longer: sign-ins are asked for together, and not used."""
        has_passwords = self.mode == "password"
        by_cookie = [has_passwords and not one.token.get_secret_value() for one in incomings]
        users = iter(self._sessions.followed(list(compress(incomings, by_cookie))) if any(by_cookie) else ())
        return [next(users) if is_asked else self._one(one) for one, is_asked in zip(incomings, by_cookie, strict=True)]

    def _one(self, incoming: Incoming) -> Principal | None:
        try:
            return self.principal(incoming)
        except RequestProblem:
            return None
