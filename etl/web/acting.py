"""Does what a viewer asks for: checked, noted, done once, noted again."""

import logging
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import Any, Final

from etl.database import cancel_thread
from etl.errors import EtlError
from etl.retry import Backoff, RetryPolicy, after_transient
from etl.web.identity.audit import Audit, AuditOutcome, Begun, Entry, Repeated
from etl.web.problems import Answer, RequestProblem, answer_of, fault, gone
from etl.web.requests import ActionRequest, Done
from etl.web.route import Action
from etl.web.texts.sentence import kept, restored, sentence_of

_log = logging.getLogger("etl.web")

AT_ONCE: Final = 2
"""Actions of a company that are done at the same time; further ones wait."""
_LONG_AT_ONCE: Final = 64
_CANCEL_SECONDS = 2.0
_NOTING: Final = RetryPolicy(after_transient(Backoff(first=0.1, longest=2.0, seconds=30.0)))


@dataclass(frozen=True)
class Ended:
    """How an action ended: done with a result, or with a problem."""

    audit_id: int
    done: Done | None = None
    problem: Answer | None = None
    is_repeated: bool = False


@dataclass
class Actors:
    """The threads in which actions are done. They outlive the requests that asked: closing a page ends nothing."""

    audit: Audit
    _long: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(_LONG_AT_ONCE, "long action"))
    _pools: dict[str, ThreadPoolExecutor] = field(default_factory=dict)
    _running: dict[int, int] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self, entry: Entry, key: str) -> Begun | Ended | Repeated:
        """Notes the action; an earlier one under the same key gives its end, or `Repeated` while it is being done."""
        begun = self.audit.begin(entry, key)
        if isinstance(begun, Begun):
            return begun
        if not begun.is_same:
            raise RequestProblem(409, "key_reused", sentence_of("sentence.key_reused"))
        return begun if begun.result is None else _from_result(begun)

    def start(self, action: Action, request: ActionRequest, begun: Begun, stack: ExitStack) -> "Future[Ended]":
        """Does the action in a thread; `stack` is closed afterwards. Those that may take hours, or end
        another one, have threads of their own: no other action waits for them."""
        pool = self._long if action.has_own_thread else self._pool_of(request.company)
        return pool.submit(self._perform, action, request, begun, stack)

    def refuse(self, entry: Entry, why: str) -> None:
        """Notes a refused request; a database that is away is no reason to answer it."""
        try:
            self.audit.note(entry, "refused", why)
        except EtlError as error:
            _log.warning("request %s was refused and could not be noted: %s", entry.request_id, error)

    def end(self, seconds: float) -> None:
        """Waits for what is being done, then cancels it: its transactions are rolled back."""
        waiter = threading.Thread(target=self._shut_down, daemon=True)
        waiter.start()
        waiter.join(seconds)
        with self._lock:
            late = list(self._running)
        for thread in late:
            cancel_thread(thread, _CANCEL_SECONDS)
        waiter.join(_CANCEL_SECONDS)

    def _pool_of(self, company: str) -> ThreadPoolExecutor:
        with self._lock:
            if company not in self._pools:
                self._pools[company] = ThreadPoolExecutor(AT_ONCE, f"action in {company}")
            return self._pools[company]

    def _shut_down(self) -> None:
        pools = [self._long, *self._pools.values()]
        for pool in pools:
            pool.shutdown(wait=False, cancel_futures=True)
        for pool in pools:
            pool.shutdown()

    def _perform(self, action: Action, request: ActionRequest, begun: Begun, stack: ExitStack) -> Ended:
        thread = threading.get_ident()
        with self._lock:
            self._running[thread] = begun.audit_id
        try:
            with stack:
                ended = self._try(lambda: action.act(request), request, begun)
            self._note(ended, begun)
            return ended
        finally:
            with self._lock:
                del self._running[thread]

    def _try(self, act: Callable[[], Done], request: ActionRequest, begun: Begun) -> Ended:
        try:
            return Ended(begun.audit_id, done=act())
        except Exception as error:
            answer = answer_of(error, in_action=True)
            if answer is None:
                _log.exception("request %s: a fault of the program", request.request_id)
            return Ended(begun.audit_id, problem=answer or fault())

    def _note(self, ended: Ended, begun: Begun) -> None:
        """After a fault of a server the same key may be sent again: nothing was done. What is not noted would be
        answered as if it were still being done, so a server that is away is waited for."""
        outcome: AuditOutcome = "done" if ended.done else "failed"
        detail = ended.done.sentence if ended.done else ended.problem.detail if ended.problem else ""
        is_final = ended.problem is None or ended.problem.status < 500
        result = _result(ended) if is_final else None
        try:
            _NOTING.run_with_retry(
                f"noting the outcome of action {begun.audit_id}",
                lambda: self.audit.end(begun, outcome, detail, result),
            )
        except EtlError as error:
            self.audit.leave(begun)
            _log.warning("the outcome of action %s could not be noted: %s", begun.audit_id, error)


def _result(ended: Ended) -> dict[str, Any]:
    if ended.done:
        done = {**vars(ended.done), "values": dict(ended.done.values)}
        return {"done": done, "sentence": kept(ended.done.sentence)}
    assert ended.problem is not None  # noqa: S101  (one of both is there)
    problem = {**vars(ended.problem), "headers": dict(ended.problem.headers)}
    return {"problem": problem, "sentence": kept(ended.problem.detail)}


def _from_result(repeated: Repeated) -> Ended:
    """As it was answered before. An erasure empties the results of actions that named the person."""
    result: Mapping[str, Any] = repeated.result or {}
    sentence = result.get("sentence")
    if "done" in result:
        done = Done(**result["done"])
        done = replace(done, sentence=restored(done.sentence, sentence))
        return Ended(repeated.audit_id, done=done, is_repeated=True)
    if not result:
        answer = gone(sentence_of("sentence.answer_erased")).answer
        return Ended(repeated.audit_id, problem=answer, is_repeated=True)
    problem = Answer(**result["problem"])
    return Ended(
        repeated.audit_id, problem=replace(problem, detail=restored(problem.detail, sentence)), is_repeated=True
    )
