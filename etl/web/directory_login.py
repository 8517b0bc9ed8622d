"""The service by which the platform lets its users in: their passwords are checked by the directory.

Opened by the password of the platform's services. What users mistype never counts as a wrong password of the service,
and is limited apart: for each login by the engine, fewer times than lock an account; and for each caller here.
"""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from etl.engine.directory import SyncRunning, TooManyTries, login
from etl.errors import EtlError
from etl.web.companies import writing
from etl.web.identity.attempts import Rate, WrongPasswords
from etl.web.incoming import Outgoing
from etl.web.networks import network_of
from etl.web.origin_check import refuse_unencrypted
from etl.web.problems import Answer, RequestProblem, answer_of, bad_request, fault
from etl.web.services import SERVICE, WRONG_FROM_ONE, WRONG_IN_ALL, Absent, Call, Services

_log = logging.getLogger("etl.web")

LOGIN_PATH: Final = "/web/ad/login"
AT_ONCE: Final = 6
"""Logins that are checked at the same time."""
MOST_WAITING: Final = 60
"""Further ones that wait; more are sent away."""
# Refused users in a minute from one caller: of 5,000 who come within ten minutes one in ten may mistype.
_WRONG_USERS = 300
_LOGIN, _PASSWORD = "login", "password"
_JSON = "application/json"
_PROBLEM = "application/problem+json"
_AWAY = "The login cannot be checked now: the log of etl web has the reason."
_RETRY_SECONDS = "5"


@dataclass
class DirectoryLogins:
    """Answers the service."""

    services: Services
    _wrong: WrongPasswords = field(default_factory=lambda: WrongPasswords(WRONG_FROM_ONE, WRONG_IN_ALL))
    _users: Rate = field(default_factory=lambda: Rate(_WRONG_USERS))

    def answered(self, call: Call) -> Outgoing | None:
        """The answer as JSON, also where it is a refusal; None where the service is off."""
        try:
            return self._answer(call)
        except Absent:
            return None
        except Exception as error:
            return _problem(call, self._answer_of(call, error))

    def _answer(self, call: Call) -> Outgoing:
        company = self.services.admitted(call, "ad-login", self._wrong)
        call.refuse_others("companyCode")
        refuse_unencrypted(call.incoming)
        network = network_of(call.incoming.address)
        if seconds := self._users.wait(network):
            raise RequestProblem(429, "too_many", "Too many users were refused.", {"Retry-After": str(seconds)})
        typed, password = _typed(call.form())
        with self.services.companies.using(company) as shared:
            if not shared.settings.directory.is_used:
                raise RequestProblem(
                    404, "not_found", "This company has no directory: adHost of AdConfig.txt is empty."
                )
            found = login(writing(shared, f"etl-web:{call.incoming.request_id}"), typed, password)
        if not found.is_let_in:
            self._users.failed(network)
            # A scheme that no browser knows: none of them asks for a password.
            header = {"WWW-Authenticate": "Directory"}
            raise RequestProblem(401, "refused", "Login or password is wrong.", header)
        return Outgoing(200, _json({"ok": True, "login": found.login}), _JSON, viewer=SERVICE)

    def _answer_of(self, call: Call, error: Exception) -> Answer:
        """What an error becomes; faults of directory and store are for the log, not for those who want to sign in."""
        incoming = call.incoming
        if isinstance(error, TooManyTries):
            self._users.failed(network_of(incoming.address))
            return Answer(429, "too_many", f"{str(error).capitalize()}.", {"Retry-After": str(error.seconds)})
        if isinstance(error, SyncRunning):
            detail = "All users are being synchronized: try again soon."
            return Answer(503, "busy", detail, {"Retry-After": _RETRY_SECONDS})
        if isinstance(error, EtlError):
            _log.warning("request %s: a login cannot be checked: %s", incoming.request_id, error)
            return Answer(503, "unavailable", _AWAY, {"Retry-After": _RETRY_SECONDS})
        if found := answer_of(error):
            return found
        _log.exception("request %s: a fault of the program", incoming.request_id)
        return fault()


def _typed(form: Mapping[str, str]) -> tuple[str, str]:
    """Login and password. Raises RequestProblem, which never shows what was sent."""
    if set(form) != {_LOGIN, _PASSWORD}:
        raise bad_request(f"The body must have {_LOGIN} and {_PASSWORD}, and nothing else.")
    return form[_LOGIN], form[_PASSWORD]


def _problem(call: Call, answer: Answer) -> Outgoing:
    found = {
        "type": "about:blank",
        "status": answer.status,
        "code": answer.code,
        "detail": answer.detail,
        "request_id": call.incoming.request_id,
    }
    return Outgoing(answer.status, _json(found), _PROBLEM, tuple(answer.headers.items()), SERVICE)


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()
