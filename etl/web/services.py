"""The platform's two services (vendor's guide, services): the DDL of the in_ tables, and the tasks of a recovery into
topics.

Paths, parameters and names are the platform's. A password opens them, and nothing else; nothing else opens them.
"""

import hashlib
import hmac
import logging
import secrets
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Final

from pydantic import SecretStr

from etl.engine import Runtime
from etl.engine.in_ddl import in_ddl
from etl.errors import ConfigurationError, EtlError, Stopped
from etl.web.companies import Companies
from etl.web.identity.attempts import WrongPasswords
from etl.web.identity.audit import Audit, Begun, Entry
from etl.web.incoming import Incoming, Outgoing
from etl.web.networks import network_of
from etl.web.problems import RequestProblem, answer_of

_log = logging.getLogger("etl.web")

DDL_PATH: Final = "/web/migration/generate-in-ddl"
TASKS_PATH: Final = "/web/migration/create-mongo-to-kafka-tasks"
_PLAIN = "text/plain; charset=utf-8"
_HEADERS = (("Referrer-Policy", "no-referrer"),)
# Wrong passwords in a minute: from one network, and in all.
WRONG_FROM_ONE: Final = 5
WRONG_IN_ALL: Final = 50
SERVICE: Final = "service"


@dataclass(frozen=True)
class Call:
    """A request for a service. `parameters` as they came, in order; `passwords`: of the query and the headers; `form`
    reads the body of a POST, and raises RequestProblem for one that is no form."""

    incoming: Incoming
    parameters: tuple[tuple[str, str], ...]
    passwords: tuple[SecretStr, ...] = field(repr=False)
    form: Callable[[], Mapping[str, str]] = field(default=dict, repr=False)

    def values(self, name: str) -> list[str]:
        """All values of a parameter."""
        return [value for one, value in self.parameters if one == name]

    def one(self, name: str) -> str:
        """The only value of a parameter; several equal ones are one. Raises RequestProblem for others."""
        found = list(dict.fromkeys(self.values(name)))
        if len(found) > 1:
            raise RequestProblem(400, "bad_request", f"The parameter {name} is given twice, with different values.")
        return found[0] if found else ""

    def refuse_others(self, *names: str) -> None:
        """Raises RequestProblem for another parameter: a typo must not widen what is asked for."""
        for name, _ in self.parameters:
            if name not in names:
                shown = name[:40] if name.isprintable() else "of that name"
                raise RequestProblem(
                    400, "bad_request", f"There is no parameter {shown}: {', '.join(names)} are known."
                )


@dataclass
class Services:
    """Answers the services. `base_password`: that of companies without one of their own."""

    companies: Companies
    base_password: Callable[[], SecretStr]
    audit: Audit
    ending: threading.Event
    _wrong: WrongPasswords = field(default_factory=lambda: WrongPasswords(WRONG_FROM_ONE, WRONG_IN_ALL))
    _threads: list[threading.Thread] = field(default_factory=list)

    @property
    def are_on(self) -> bool:
        """Whether any company has a password."""
        return bool(self._passwords())

    def generate_in_ddl(self, call: Call) -> Outgoing:
        """The DDL, byte for byte as `etl generate-ddl` prints it."""
        company = self.admitted(call, "generate-in-ddl", self._wrong)
        call.refuse_others("companyCode")
        settings, metadata = self.companies.configured(company)
        body = in_ddl(settings, metadata).encode()
        tag = f'"{hashlib.sha256(body).hexdigest()}"'
        headers = (("ETag", tag), *_HEADERS)
        if call.incoming.headers.get("if-none-match") == tag:
            return Outgoing(304, b"", _PLAIN, headers, SERVICE)
        return Outgoing(200, body, _PLAIN, headers, SERVICE)

    def create_tasks(self, call: Call) -> Outgoing:
        """Makes the tasks, and begins to perform them. Nothing is made while there are unfinished ones."""
        if not self.are_on:
            raise Absent
        _refuse_accidents(call.incoming)
        company = self.admitted(call, "create-mongo-to-kafka-tasks", self._wrong)
        call.refuse_others("companyCode", "boCodes", "excludeBoCodes", "output")
        codes, excluded = _codes(call, "boCodes"), _codes(call, "excludeBoCodes")
        if call.values("boCodes") and not codes:
            raise RequestProblem(400, "bad_request", "The parameter boCodes names no object.")
        self._refuse_unknown(company, (*codes, *excluded))
        entry = _entry(call, company, "create-mongo-to-kafka-tasks", {"boCodes": codes, "excludeBoCodes": excluded})
        begun = self.audit.begin(entry, secrets.token_hex())
        assert isinstance(begun, Begun)  # noqa: S101  (no key comes twice by chance)
        try:
            with self.companies.own(company) as runtime:
                made = _make(runtime, codes, excluded, call.one("output"))
        except Exception as error:
            answer = answer_of(error, in_action=True)
            self.audit.end(begun, "failed", answer.detail if answer else "a fault of the program", None)
            if answer is None:
                raise
            status = 409 if isinstance(error, ConfigurationError) else answer.status
            raise RequestProblem(status, "conflict", answer.detail, answer.headers) from error
        sentence = (
            f"Tasks of the recovery {made.number} were made for {', '.join(made.codes)}; they are being performed."
        )
        self.audit.end(begun, "done", sentence, None)
        self._perform(company)
        return Outgoing(200, f"{sentence}\n".encode(), _PLAIN, _HEADERS, SERVICE)

    def answered(self, call: Call, answer: Callable[[Call], Outgoing]) -> Outgoing | None:
        """The answer, as plain text also where it is a refusal; None where there are no such services."""
        try:
            return answer(call)
        except Exception as error:
            if isinstance(error, Absent):
                return None
            found = answer_of(error)
            if found is None:
                _log.exception("request %s: a fault of the program", call.incoming.request_id)
                return Outgoing(500, b"This is a fault of the program: the log has more.\n", _PLAIN, _HEADERS, SERVICE)
            headers = (*found.headers.items(), *_HEADERS)
            return Outgoing(found.status, f"{found.detail}\n".encode(), _PLAIN, headers, SERVICE)

    def end(self, seconds: float) -> None:
        """Waits until recoveries have stopped; what is left, `etl kafka recover --continue` does."""
        deadline = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))

    def _passwords(self) -> dict[str, str]:
        """Company -> password, and that for all others under the empty name; only those that are on."""
        found = {"": self.base_password().get_secret_value()}
        for code in self.companies.codes:
            try:
                settings, _ = self.companies.configured(code)
            except ConfigurationError:
                continue
            found[code] = settings.in_migration.service_password.get_secret_value()
        return {code: password for code, password in found.items() if password}

    def admitted(self, call: Call, service: str, wrong: WrongPasswords) -> str:
        """The company of a call with the right password; what is wrong otherwise is said to those who know it only.
        `wrong`: counts the wrong passwords of this service. Raises Absent where the services are off."""
        passwords = self._passwords()
        if not passwords:
            raise Absent
        network = network_of(call.incoming.address)
        if seconds := wrong.wait(network):
            raise RequestProblem(429, "too_many", "Too many wrong passwords.", {"Retry-After": str(seconds)})
        given = {one.get_secret_value() for one in call.passwords}
        if len(given) > 1:
            raise RequestProblem(400, "bad_request", "The password is given twice, with different values.")
        company = (call.values("companyCode") or [""])[-1]
        right = passwords.get(company) if company in self.companies.codes else passwords.get("")
        if not _is_same(next(iter(given), ""), right or ""):
            wrong.failed(network)
            self._note_refusal(_entry(call, company, service, {}))
            raise RequestProblem(403, "forbidden", "The password is missing or wrong.")
        wrong.succeeded(network)
        if not call.one("companyCode"):
            raise RequestProblem(400, "bad_request", "The parameter companyCode is missing.")
        if company not in self.companies.codes:
            known = ", ".join(self.companies.codes)
            raise RequestProblem(404, "not_found", f"There is no company of that code; known are {known}.")
        return company

    def _note_refusal(self, entry: Entry) -> None:
        try:
            self.audit.note(entry, "refused", "the password is missing or wrong")
        except EtlError as error:
            _log.warning("request %s: a wrong password could not be noted: %s", entry.request_id, error)

    def _refuse_unknown(self, company: str, codes: Iterable[str]) -> None:
        _, metadata = self.companies.configured(company)
        known = [one.code for one in metadata.objects if one.carries_data]
        for code in codes:
            if code not in known:
                near = get_close_matches(code, known, n=1)
                meant = f"; did you mean {near[0]}?" if near else ""
                shown = code[:63] if code.isprintable() else "of that code"
                raise RequestProblem(400, "bad_request", f"There is no business object {shown}{meant}")

    def _perform(self, company: str) -> None:
        thread = threading.Thread(target=self._continue, args=(company,), name=f"recovery of {company}", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _continue(self, company: str) -> None:
        from etl.engine.kafka_out.recovery import continue_recovery

        def check() -> None:
            if self.ending.is_set():
                raise Stopped(0)

        try:
            with self.companies.own(company) as runtime:
                found = continue_recovery(runtime, check)
            _log.info("the recovery %s of %s has ended", found.number, company)
        except Stopped:
            _log.info("the recovery of %s was stopped: `etl kafka recover --continue` does the rest", company)
        except EtlError as error:
            _log.warning("the recovery of %s: %s; `etl kafka recover --continue` does the rest", company, error)


class Absent(Exception):
    """The services are off: the answer is that for a path that does not exist."""


@dataclass(frozen=True)
class _Made:
    number: int
    codes: tuple[str, ...]


def _make(runtime: Runtime, codes: list[str], excluded: list[str], output: str) -> _Made:
    # The client of Kafka is an extra of its own.
    try:
        from etl.engine.kafka_out.recovery import begin_recovery
    except ImportError as error:
        raise ConfigurationError("topics need: pip install 'etl[kafka]'") from error
    number = begin_recovery(runtime, output or None, codes=codes, excluded=excluded)
    named = codes or [one.code for one in runtime.company.objects if one.carries_data]
    return _Made(number, tuple(one for one in named if one not in excluded))


def _refuse_accidents(incoming: Incoming) -> None:
    """A GET that changes something must not be called by a browser on its own, or by a page of another site."""
    if incoming.method == "HEAD":
        raise RequestProblem(405, "method_not_allowed", "Ask by GET: the service makes tasks.", {"Allow": "GET"})
    prefetching = (incoming.headers.get(name, "") for name in ("sec-purpose", "purpose", "x-moz"))
    if any("prefetch" in one.lower() or "preview" in one.lower() for one in prefetching):
        raise RequestProblem(403, "forbidden", "The service makes tasks: a browser must not ask ahead.")
    if incoming.headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
        raise RequestProblem(403, "forbidden", "The service makes tasks: a page of another site must not ask.")


def _codes(call: Call, name: str) -> list[str]:
    """Codes with commas between them; of a parameter that is given several times all."""
    found = (code.strip() for value in call.values(name) for code in value.split(","))
    return list(dict.fromkeys(code for code in found if code))


def _is_same(given: str, right: str) -> bool:
    """In the same time, whatever they are. Digests, since `compare_digest` takes no Cyrillic text."""
    digests = (hashlib.sha256(one.encode("utf-8", "surrogatepass")).digest() for one in (given, right))
    return hmac.compare_digest(*digests) and bool(right)


def _entry(call: Call, company: str, action: str, lists: dict[str, list[str]]) -> Entry:
    parameters = {name: ",".join(codes) for name, codes in lists.items() if codes}
    incoming = call.incoming
    return Entry(
        incoming.request_id, SERVICE, "", incoming.address, company[:63], action, incoming.path[:500], parameters
    )
