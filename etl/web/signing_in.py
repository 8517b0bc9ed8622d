"""Signing in and out with a password."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from etl.database import fetch_one
from etl.web.identity.attempts import FailedAttempts
from etl.web.identity.audit import Audit, AuditOutcome, Entry
from etl.web.identity.passwords import NO_PASSWORD, is_right
from etl.web.identity.sessions import Sessions, cookie
from etl.web.identity.store import WebStore, sql
from etl.web.incoming import Incoming, Outgoing, redirect
from etl.web.language import LANGUAGES, language_cookie
from etl.web.networks import network_of
from etl.web.origin_check import refuse_foreign, refuse_unencrypted
from etl.web.problems import RequestProblem
from etl.web.requests import Model
from etl.web.texts.sentence import sentence_of

# Sign-ins that may fail before there are delays: of one name, and of one network, where several people may be.
_FREE_OF_NAME = 5
_FREE_OF_NETWORK = 20
# A path of ours: no host, no other scheme, nothing that a browser would read as one.
_PATH = re.compile(r"/(?![/\\])[!-\[\]-~]*")


class SignInForm(Model):
    """The form. `next`: the page that is shown afterwards; `language`: what was chosen on the form, "" if nothing;
    `is_wrong`: name or password were."""

    next: str
    language: str = ""
    is_wrong: bool = False


@dataclass
class SigningIn:
    """What the pages /sign-in and /sign-out do."""

    store: WebStore
    sessions: Sessions
    audit: Audit
    _names: FailedAttempts = field(default_factory=lambda: FailedAttempts(_FREE_OF_NAME))
    _networks: FailedAttempts = field(default_factory=lambda: FailedAttempts(_FREE_OF_NETWORK))

    def form(self, incoming: Incoming) -> SignInForm:
        """The form as it is shown."""
        back, language = checked_path(incoming.query.get("next", "")), _offered(incoming.query)
        return SignInForm(next=back, language=language, is_wrong="wrong" in incoming.query)

    def sign_in(self, incoming: Incoming) -> Outgoing:
        """Checks name and password: leads to the page that was asked for, or back to the form.

        Raises RequestProblem (429) after too many failures. The answer does not say whether there is such a name.
        """
        refuse_foreign(incoming)
        refuse_unencrypted(incoming)
        name = incoming.form.get("name", "").strip()[:100]
        network = network_of(incoming.address)
        if seconds := max(self._names.wait(name), self._networks.wait(network)):
            # Not a row of the audit: who guesses would fill the database.
            detail = sentence_of("sentence.sign_ins_failed", seconds=seconds)
            raise RequestProblem(429, "too_many", detail, {"Retry-After": str(seconds)})
        back = checked_path(incoming.form.get("next", ""))
        with self.store.reading() as connection:
            row = fetch_one(connection, sql("find_user"), {"name": name})
        if not is_right(incoming.form.get("password", ""), row.password_hash if row else NO_PASSWORD):
            self._names.failed(name)
            self._networks.failed(network)
            self._note(incoming, name, "sign-in", "refused", "wrong name or password")
            chosen = f"&language={language}" if (language := _offered(incoming.form)) else ""
            return redirect(f"{incoming.prefix}/sign-in?wrong=1&next={quote(back, safe='/')}{chosen}")
        self._names.succeeded(name)
        self._note(incoming, name, "sign-in", "done", "signed in")
        begun = cookie(incoming, self.sessions.begin(name, incoming))
        return redirect(f"{incoming.prefix}{back}", begun, *self._language(incoming, name, row.language if row else ""))

    def sign_out(self, incoming: Incoming) -> Outgoing:
        """Ends the sign-in."""
        refuse_foreign(incoming)
        if user := self.sessions.principal(incoming):
            self._note(incoming, user.name, "sign-out", "done", "signed out")
        self.sessions.end(incoming)
        return redirect(f"{incoming.prefix}/sign-in", cookie(incoming, ""))

    def _language(self, incoming: Incoming, user: str, kept: str) -> list[tuple[str, str]]:
        """The header that gives this browser the user's language: what was chosen on the form is that from now on."""
        if chosen := _offered(incoming.form):
            self.sessions.keep_language(user, chosen)
        language = chosen or kept
        return [language_cookie(incoming, language)] if language else []

    def _note(self, incoming: Incoming, name: str, action: str, outcome: AuditOutcome, detail: str) -> None:
        entry = Entry(incoming.request_id, name, "", incoming.address, "", action, incoming.path)
        self.audit.note(entry, outcome, detail)


def _offered(values: Mapping[str, str]) -> str:
    language = values.get("language", "")
    return language if language in LANGUAGES else ""


def checked_path(text: str) -> str:
    """A path below the prefix, or that of the first page for anything else."""
    return text if _PATH.fullmatch(text) else "/"
