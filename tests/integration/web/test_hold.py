"""A company on hold: the page Now says so in each language, nothing is started, and its button ends it."""

from etl.operations import begin_hold, drain, release
from tests.fix_company import Site
from tests.fix_web import ServeWeb
from tests.integration.web.uploads import act, configure, filled


def test_now_says_it_and_releases(site: Site, serve_web: ServeWeb) -> None:
    assert site.run().run
    with site.runtime() as runtime:
        begin_hold(runtime, "new disks")
        drain(runtime)
    web = serve_web(site)
    sentences = {"en": "Nothing begins since", "ru": "ничего не начинается", "kk": "бастап ештеңе басталмайды"}
    for language, sentence in sentences.items():
        page = web.get("/c/demo/now", Cookie=f"etl-language={language}").text
        assert sentence in page, language
        assert "new disks" in page
        assert "/c/demo/hold/release" in page
    site.partner.hand_over()
    refused = web.post("/c/demo/run/start", {"key": "k1"})
    assert (refused.status, "is on hold" in refused.text) == (409, True), refused.text
    released = web.post("/c/demo/hold/release", {"key": "k2"})
    assert released.status == 303
    assert "It continues: new disks" in web.get(released.headers["location"]).text
    assert "/c/demo/hold/release" not in web.get("/c/demo/now").text
    assert web.post("/c/demo/run/start", {"key": "k3"}).status == 303
    assert "Nothing was on hold." in web.get(web.post("/c/demo/hold/release", {"key": "k4"}).headers["location"]).text


def test_no_file_is_loaded(site: Site, serve_web: ServeWeb) -> None:
    configure(site)
    assert site.run().run
    web = serve_web(site)
    path, page = filled(web, "Client.csv", b"in_id,Name\nc1,Anna\n")
    with site.runtime() as runtime:
        begin_hold(runtime, "new disks")
    refused = act(web, f"{path}/load", check=page["check"])
    assert (refused.status, "new disks" in refused.text) == (409, True), refused.text
    with site.runtime() as runtime:
        assert release(runtime)
    assert act(web, f"{path}/load", check=page["check"]).status == 200
