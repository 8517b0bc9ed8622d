"""What pages and actions say of parameters that mean nothing, and of a company in which nothing has happened yet."""

import pytest

from tests.fix_company import Site
from tests.fix_web import ServeWeb

BEGIN = "/api/v1/c/demo"
TOO_LARGE = (1 << 63) + 1


@pytest.mark.first_run
def test_a_company_without_tables_has_empty_pages(site: Site, serve_web: ServeWeb) -> None:
    """Nothing has run: what a page would read is not there."""
    web = serve_web(site)
    errors = web.get(f"{BEGIN}/errors").json
    assert (errors["items"], errors["next"], errors["of_run"]) == ([], None, None)
    waiting = web.get(f"{BEGIN}/waiting").json
    assert (waiting["links"], waiting["missing"]) == (0, [])
    for path in ("now", "runs", "errors", "waiting", "speed", "audit"):
        assert web.get(f"/c/demo/{path}").status == 200, path


def test_what_is_refused_says_why(site: Site, serve_web: ServeWeb) -> None:
    web = serve_web(site)
    for path, status, said in (
        ("errors?code=NOPE", 400, "The parameter code is none of the codes of errors."),
        ("errors?run=x", 400, "The parameter run must be a whole number."),
        ("errors?after=x", 400, ""),
        ("errors?table=in_Nothing", 400, ""),
        ("runs?source=files", 400, "The parameter source must be in_tables or kafka."),
        (f"runs?before={TOO_LARGE}", 400, "The parameter before must be a whole number."),
        ("runs/x", 404, ""),
        (f"runs/{TOO_LARGE}", 404, ""),
        (f"runs/{TOO_LARGE}/undo", 404, ""),
        ("runs/1/undo", 404, "There is no run of this number"),
        ("errors/1", 404, "There is no error of this number"),
    ):
        answer = web.get(f"{BEGIN}/{path}")
        assert (answer.status, said in answer.json.get("detail", "")) == (status, True), f"{path}: {answer.text}"
    for query, status in (("", 400), ("?run=x", 400), ("?run=1&code=NOPE", 400), ("?run=1", 404)):
        assert web.get(f"/c/demo/errors/rejected.xlsx{query}").status == status, query
    for number, (path, form, status, said) in enumerate(
        (
            ("errors/retry", {}, 400, "Say which errors: ids, run, table or code."),
            ("errors/retry", {"ids": "1 x"}, 400, "The parameter ids must be a whole number."),
            ("errors/retry", {"code": "NOPE"}, 400, "The parameter code is none of the codes of errors."),
            ("kafka/resend", {}, 400, "Say which rejected records: ids, topic or code."),
            (f"runs/{TOO_LARGE}/undo", {}, 404, ""),
            ("runs/x/undo/preview", {}, 404, ""),
            (f"errors/{TOO_LARGE}/correct", {"column": "Name"}, 404, ""),
            ("out/1/retire", {"on": "soon"}, 400, "on"),
        )
    ):
        answer = web.post(f"{BEGIN}/{path}", form | {"key": f"k{number}"})
        assert (answer.status, said in answer.json.get("detail", "")) == (status, True), f"{path}: {answer.text}"


def test_a_run_that_nothing_was_handed_over_to_is_none(site: Site, serve_web: ServeWeb) -> None:
    site.run()
    done = serve_web(site).post(f"{BEGIN}/run/start", {"key": "k"})
    assert (done.status, done.json["sentence"].startswith("Nothing to do: ")) == (200, True), done.text
