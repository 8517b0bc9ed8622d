"""A load that is being done is cancelled: nothing of it is there, and the audit says who did it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.fix_company import Site, until
from tests.fix_web import Reply, ServeWeb, Web
from tests.integration.web.filling.test_fill import GOOD, as_users, blocked
from tests.integration.web.test_actions import audit
from tests.integration.web.uploads import act, checked, filled


@contextmanager
def held_load(site: Site, web: Web, path: str, check: str) -> Iterator[list[Reply]]:
    """A load that waits for a lock, and its answer, which is there after the block."""
    answers: list[Reply] = []
    thread = threading.Thread(target=lambda: answers.append(act(web, f"{path}/load", check=check, hand_over="yes")))
    with site.locking("in_tables.in_Client"):
        thread.start()
        until(lambda: blocked(site), "the load waits for the lock")
        yield answers
    thread.join()


def test_the_one_who_began_a_load_and_an_operator_cancel_it(site: Site, serve_web: ServeWeb) -> None:
    users = as_users(site, serve_web)
    path, page = filled(users["pavel"], "Client.csv", GOOD)
    for by in ("pavel", "aidana"):
        with held_load(site, users["pavel"], path, page["check"]) as answers:
            shown = users[by].get(path).json
            assert (shown["upload"]["step"], shown["can_cancel"]) == ("loading", True)
            assert "Cancel the load" in users[by].get(path.removeprefix("/api/v1")).text
            assert users["petra"].get(path).status == 404
            assert act(users["petra"], f"{path}/cancel").status == 404
            assert act(users[by], f"{path}/remove").status == 409
            done = act(users[by], f"{path}/cancel")
            assert done.json["sentence"] == "The load of Client.csv was cancelled: nothing was loaded."
        [answer] = answers
        said = f"{by} has cancelled the load: nothing was loaded."
        assert (answer.status, answer.json["detail"]) == (409, said)
        assert site.count("in_tables.in_Client") == 0
        assert site.count("in_tables.process_tracking") == 0
        noted = [(one["viewer"], one["action"], one["outcome"], one["detail"]) for one in audit(site)]
        assert ("pavel", "fill.load", "failed", said) in noted
        assert (by, "fill.cancel", "done", done.json["sentence"]) in noted
        assert checked(users["pavel"], path)["upload"]["step"] == "checked"
    loaded = act(users["pavel"], f"{path}/load", check=page["check"])
    assert (loaded.status, loaded.json["values"]["rows"]) == (200, 2)
    over = act(users["pavel"], f"{path}/cancel")
    assert (over.status, site.count("in_tables.in_Client")) == (409, 2)


@pytest.mark.nightly
def test_a_partner_does_not_cancel_what_an_operator_has_begun(site: Site, serve_web: ServeWeb) -> None:
    users = as_users(site, serve_web)
    path, page = filled(users["pavel"], "Client.csv", GOOD)
    with held_load(site, users["aidana"], path, page["check"]) as answers:
        assert users["pavel"].get(path).json["can_cancel"] is False
        refused = act(users["pavel"], f"{path}/cancel")
        assert (refused.status, "aidana has begun this load" in refused.json["detail"]) == (403, True)
    assert [one.status for one in answers] == [200]
    assert site.count("in_tables.in_Client") == 2


def test_what_is_just_being_committed_is_not_cancelled(
    site: Site,
    serve_web: ServeWeb,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The cancel comes when the number of the transaction has been noted, and its commit has not."""
    web = serve_web(site)
    path, page = filled(web, "Client.csv", GOOD)
    assert web.opened
    spool = web.opened.application.console.uploads.spool
    answers: list[Reply] = []
    save = spool.save

    def cancel_first(upload: object) -> None:
        save(upload)  # type: ignore[arg-type]
        if not answers:
            answers.append(act(web, f"{path}/cancel"))

    monkeypatch.setattr(spool, "save", cancel_first)
    loaded = act(web, f"{path}/load", check=page["check"])
    assert [one.status for one in answers] == [409]
    assert (loaded.status, site.count("in_tables.in_Client")) == (200, 2)
