"""What was done, and what is wrong, is said in the language of the one who looks."""

from tests.fix_company import Site
from tests.fix_web import ServeWeb, Web

RETRY = {"code": "NUMBER_NOT_FINITE", "key": "k1"}


def test_results_are_in_the_viewers_language(site: Site, serve_web: ServeWeb) -> None:
    site.partner.fill("in_Client", {"in_id": "bad", "amount": "NaN"})
    site.partner.hand_over()
    assert site.run().errors == 1
    web = serve_web(site)
    done = web.post("/c/demo/errors/retry", RETRY, Cookie="etl-language=kk")
    assert done.status == 303
    where = done.headers["location"]
    sentences = {
        "en": "1 row is ready again.",
        "ru": "1 строка снова готова.",
        "kk": "1 жол қайтадан дайын.",
    }
    number = where.rpartition("=")[2]
    for language, sentence in sentences.items():
        chosen = {"Cookie": f"etl-language={language}"}
        for path in (where, "/c/demo/audit", f"/c/demo/actions/{number}"):
            assert sentence in web.get(path, **chosen).text, f"{path} in {language}"
    assert 'class="button" href="/c/demo/errors"' in web.get(f"/c/demo/actions/{number}").text
    [noted] = web.get("/api/v1/c/demo/audit").json["items"]
    assert noted["detail"] == sentences["en"]
    assert noted["sentence"] == {"key": "sentence.rows_ready", "values": {"n": 1}}


def test_problems_are_in_the_viewers_language(site: Site, serve_web: ServeWeb) -> None:
    assert site.run().run
    web = serve_web(site)
    stale = {"seen": "out_demo_0_9", "key": "k"}
    expected = {
        "ru": "Представления показывают уже out_demo_1_1, а не out_demo_0_9",
        "kk": "Көріністер енді out_demo_0_9 емес, out_demo_1_1 нұсқасын көрсетеді",
        "en": "The views show out_demo_1_1 by now, not out_demo_0_9",
    }
    for language, sentence in expected.items():  # the second and third time it is the kept answer
        refused = web.post("/c/demo/out/1/switch", stale, Cookie=f"etl-language={language}")
        assert refused.status == 409
        assert sentence in refused.text, language
    assert "Запуска с таким номером нет" in web.get("/c/demo/runs/1", Cookie="etl-language=ru").text
    of_api = web.post("/api/v1/c/demo/out/1/switch", stale | {"key": "other"}, Cookie="etl-language=ru")
    assert expected["en"] in of_api.json["detail"]


def test_a_language_follows_a_user_whom_a_proxy_names(site: Site, serve_web: ServeWeb) -> None:
    site.write("configs/WebConfig.txt", "identity=proxy\ntrustedProxies=127.0.0.1\ngroupRoles=v:viewer")
    web = serve_web(site)
    user = {"X_Forwarded_User": "aidana", "X_Forwarded_Groups": "v"}
    first = web.get("/c/demo/now", **user)
    assert ('<html lang="en">' in first.text, first.cookies) == (True, ())
    for other in ({"Sec_Fetch_Site": "cross-site"}, {}):
        assert web.get("/c/demo/now?language=kk", **user, **other).status == 303
        assert site.value("select count(*) from etl_web.web_proxy_user") == 0
    for chosen in ("kk", "ru"):
        assert web.get(f"/c/demo/now?language={chosen}", Sec_Fetch_Site="same-origin", **user).status == 303
    # Another browser, which remembers it from then on; what a browser remembers comes first.
    second = web.get("/c/demo/now", **user)
    assert '<html lang="ru">' in second.text
    assert [one.partition(";")[0] for one in second.cookies] == ["etl-language=ru"]
    third = web.get("/c/demo/now", **user, Cookie="etl-language=kk")
    assert ('<html lang="kk">' in third.text, third.cookies) == (True, ())
    assert '<html lang="en">' in web.get("/c/demo/now", **(user | {"X_Forwarded_User": "timur"})).text
    # Where the table is away, pages are there all the same.
    site.look("alter table etl_web.web_proxy_user rename to other")
    assert web.get("/c/demo/now?language=en", Sec_Fetch_Site="same-origin", **user).status == 303
    assert '<html lang="en">' in web.get("/c/demo/now", **user).text


def test_what_an_older_console_has_noted_stays_readable(site: Site, serve_web: ServeWeb) -> None:
    web: Web = serve_web(site)
    assert web.post("/c/demo/checks/again", {"key": "k"}).status == 303
    site.look("alter table etl_web.web_audit_outcome disable trigger user")
    for sentence in (
        None,
        '{"key": "sentence.of_another_version", "values": {}}',
        '{"key": "sentence.rows_ready", "values": {}}',
    ):
        site.look("update etl_web.web_audit_outcome set sentence = cast(%s as jsonb)", [sentence])
        assert "The checks are made again." in web.get("/c/demo/audit", Cookie="etl-language=ru").text
