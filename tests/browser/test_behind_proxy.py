"""The console at a path of nginx, in a browser: with the prefix kept, and with the prefix stripped."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.acceptance.test_proxy import EXAMPLE, nginx
from tests.fix_browser import Look, follow_to, press, says
from tests.fix_company import CLAIMS, STORE, MakeSite, Site
from tests.fix_web import serving_at
from tests.integration.web.test_identity import PASSWORD, add


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    site = make_site(CLAIMS, copyTables="false")
    site.write("configs/WebConfig.txt", "identity=password\ntrustedProxies=unix\nallowedHosts=localhost")
    add(site, "aidana", "operator")
    return site


@pytest.mark.parametrize("target", ["http://etl;", "http://etl/;"], ids=["kept", "stripped"])
def test_a_run_is_started_and_followed(site: Site, tmp_path: Path, look: Look, target: str) -> None:
    example = EXAMPLE.read_text(encoding="utf-8").replace("proxy_pass http://etl;", f"proxy_pass {target}")
    folder = tmp_path / "nginx"
    folder.mkdir()
    # Rows are being loaded: nothing is handed over yet.
    site.partner("insert into process_tracking (oper_date, load_status) values (current_date, 0)")
    with serving_at(site, f"unix:{folder}/web.sock"), nginx(folder, example) as port:
        watched = look(f"https://localhost:{port}/bank/etl")
        page = watched.open("/c/demo/now")
        page.get_by_label("Name").fill("aidana")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        says(page, "Nothing has run yet")
        site.partner.fill("in_Client", {"in_id": "c", "name": "Client"})
        site.partner.hand_over()
        says(page, "no service is running")  # by the stream, which nginx passes on
        press(page, "Start the run")
        follow_to(page, "1 row, 0 of them rejected|1 created")
        assert page.url.startswith(f"https://localhost:{port}/bank/etl/c/demo/runs/")
        page.get_by_role("link", name="ru", exact=True).click()
        expect(page.locator("html")).to_have_attribute("lang", "ru")
        assert "/bank/etl/c/demo/runs/" in page.url
        watched.check(also_axe=False)
        page.get_by_role("button", name="Выйти").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Вход")
        watched.page.goto("about:blank")
    assert site.count(f"{STORE}.bo_Client") == 1
