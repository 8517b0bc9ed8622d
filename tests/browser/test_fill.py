"""A person's way with a file: choose, check, load, hand over, correct; with scripts and without."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.fix_browser import PHONE, Look
from tests.fix_company import CLAIMS, MakeSite, Site
from tests.fix_web import ServeWeb, Web
from tests.integration.web.uploads import configure

# The check of a file is a process of its own.
PATIENCE_MS = 40_000.0
ROWS = 'in_id,Name,Amount\nc1,Анна,1\nc2,<b>Тимур</b>,2.5\nc3,=1+1,"1 500,5"\n'


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    site = make_site(CLAIMS, copyTables="false")
    configure(site)
    return site


@pytest.fixture
def web(site: Site, serve_web: ServeWeb) -> Web:
    return serve_web(site)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "Client.csv"
    path.write_text(ROWS, encoding="utf-8")
    return path


def test_a_file_becomes_rows_that_a_run_takes(site: Site, web: Web, file: Path, look: Look) -> None:
    watched = look(web)
    page = watched.open("/c/demo/fill")
    watched.check()
    page.get_by_label("File", exact=True).set_input_files(file)
    page.get_by_role("button", name="Send and check").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Client.csv")
    expect(page.get_by_role("main")).to_contain_text("2 rows fit", timeout=PATIENCE_MS)
    expect(page.get_by_role("main")).to_contain_text("1 row does not fit")
    expect(page.get_by_role("main")).to_contain_text("<b>Тимур</b>")
    watched.check()
    with page.expect_download() as saved:
        page.get_by_role("link", name="As a workbook").click()
    assert saved.value.suggested_filename == "Client.rejected.xlsx"
    page.get_by_label("Hand over in the same transaction").check()
    page.get_by_role("button", name="Load 2 rows").click()
    expect(page.get_by_role("main")).to_contain_text("2 rows were loaded. They are handed over", timeout=PATIENCE_MS)
    watched.check()
    assert site.run().run
    assert site.partner.statuses("in_Client") == {"DONE": 2}


def test_what_is_refused_is_said_on_the_page(web: Web, tmp_path: Path, look: Look) -> None:
    watched = look(web, language="ru", scheme="dark", width=PHONE)
    page = watched.open("/c/demo/fill")
    unknown = tmp_path / "unknown.csv"
    unknown.write_text(ROWS, encoding="utf-8")
    page.get_by_label("Файл", exact=True).set_input_files(unknown)
    page.get_by_role("button", name="Отправить и проверить").click()
    expect(page.get_by_role("alert")).to_contain_text("выберите таблицу, которую он заполняет")
    # A browser itself notes that a request was refused.
    watched.seen = [one for one in watched.seen if "400" not in one]
    watched.check()
    page.locator("select[name=table]").select_option("in_Client")
    page.get_by_role("button", name="Отправить и проверить").click()
    expect(page.get_by_role("main")).to_contain_text("2 строки подходят", timeout=PATIENCE_MS)
    watched.check()


def test_without_scripts_a_file_is_loaded_and_a_row_corrected(site: Site, web: Web, file: Path, look: Look) -> None:
    site.partner.fill("in_Client", {"in_id": "c9", "name": "Дана", "amount": "NaN"})
    site.partner.hand_over()
    assert site.run().errors == 1
    watched = look(web, language="kk", scripts=False)
    page = watched.open("/c/demo/errors")
    page.get_by_role("link", name="1", exact=True).click()
    page.get_by_label("Amount", exact=True).fill("7")
    page.get_by_role("button", name="Түзету", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("Amount: түзетілді, жол қайтадан дайын.")
    page = watched.open("/c/demo/fill")
    page.get_by_label("Файл", exact=True).set_input_files(file)
    page.get_by_role("button", name="Жіберу және тексеру").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Client.csv")
    while page.get_by_role("link", name="Қайта қарау").count():
        page.get_by_role("link", name="Қайта қарау").click()
    page.get_by_role("button", name="2 жолды жүктеу").click()
    expect(page.get_by_role("main")).to_contain_text("2 жол жүктелді", timeout=PATIENCE_MS)
    page.get_by_role("button", name="Тапсыру").click()
    expect(page.get_by_role("status")).to_contain_text("Тапсырылды")
    assert site.run().errors == 0
    assert site.partner.statuses("in_Client") == {"DONE": 3}
