"""Pages over HTTP: the first page, its JSON, and what is refused before a page is asked."""

import io
import zipfile

import pytest

from tests.fix_company import Site
from tests.fix_web import ServeWeb, Web


def test_a_page_and_its_json_show_the_same(web: Web) -> None:
    page, answer = web.get("/c/demo/now"), web.get("/api/v1/c/demo/now")
    assert (page.status, answer.status) == (200, 200)
    assert answer.json["shape"] in page.text
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert web.get("/api/v1/companies").json == {"companies": ["demo"], "shows_freshness": False}


def test_the_address_of_a_company_leads_to_its_first_page(web: Web, site: Site, serve_web: ServeWeb) -> None:
    for code in ("demo", "other", "a%20b"):
        found = web.get(f"/c/{code}")
        assert (found.status, found.headers["location"]) == (303, f"/c/{code}/now")
    assert serve_web(site, root_path="/bank/etl").get("/bank/etl/c/demo").headers["location"] == "/bank/etl/c/demo/now"


def test_an_unknown_company_and_an_unknown_page_are_not_found(web: Web) -> None:
    for path in ("/c/other/now", "/c/demo/nothing", "/c/demo/now/", "/static/console.css", "/static/..%2fapp.py"):
        answer = web.get(path, X_Request_Id="asked-1")
        assert answer.status == 404, path
        assert answer.headers["x-request-id"] == "asked-1"
        assert "asked-1" in answer.text
    assert web.get("/api/v1/c/other/now").json["code"] == "not_found"


@pytest.mark.parametrize("begin", ["/static/", "/c/demo/contract/files/", "/c/demo/fill/", "/c/demo/", "/"])
def test_no_path_leads_to_another_file(web: Web, begin: str) -> None:
    for path in ("../etc/passwd", "..%2f..%2fetc%2fpasswd", "%2e%2e/app.py", "%2e%2e%2fapp.py", "guide.ru.html%00.txt"):
        answer = web.get(begin + path)
        assert answer.status == 404, begin + path
        assert "root:" not in answer.text


def test_files_of_the_contract_are_saved_one_by_one_or_all(web: Web) -> None:
    files = {one["path"] for one in web.get("/api/v1/c/demo/contract").json["files"]}
    one = sorted(files)[0]
    answer = web.get(f"/c/demo/contract/files/{one}")
    assert (answer.status, answer.headers["content-disposition"].startswith("attachment; ")) == (200, True)
    sent = web.get("/c/demo/contract/files/contract.zip")
    again = web.get("/c/demo/contract/files/contract.zip", If_None_Match=sent.headers["etag"])
    assert (again.status, again.body) == (304, b"")
    pack = zipfile.ZipFile(io.BytesIO(sent.body))
    assert set(pack.namelist()) == files
    assert pack.read(one) == answer.body
