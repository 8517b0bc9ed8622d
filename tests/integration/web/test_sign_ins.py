"""A user sees the own sign-ins and ends them; the language that was chosen is that of the next browser, too."""

import re

from tests.fix_company import Site
from tests.fix_web import ServeWeb, Web
from tests.integration.web.test_identity import CONFIG, PASSWORD, add, sign_in, users_of

LAPTOP = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
PHONE = "Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Mobile Safari/537.36"


def browser_of(web: Web, name: str, user_agent: str = "", **form: str) -> Web:
    """A browser that has just signed in, with all cookies that it has got."""
    asked = {"name": name, "password": PASSWORD, "next": "/c/demo/now", **form}
    reply = web.post("/sign-in", asked, User_Agent=user_agent)
    assert (reply.status, reply.headers["location"]) == (303, "/c/demo/now")
    cookies = "; ".join(one.partition(";")[0] for one in reply.cookies)
    return Web(web.port, {"Cookie": cookies, "User-Agent": user_agent})


def test_a_user_ends_the_own_sign_ins(passwords: Site, serve_web: ServeWeb) -> None:
    for name in ("aidana", "timur"):
        add(passwords, name, "viewer")
    web = serve_web(passwords)
    laptop, phone, third = (browser_of(web, "aidana", agent) for agent in (LAPTOP, PHONE, "curl/8"))
    others = browser_of(web, "timur")
    found = laptop.get("/api/v1/sign-ins").json["items"]
    assert [one["device"] for one in found if one["is_current"]] == ["Firefox, Linux"]
    assert {one["device"] for one in found} == {"Firefox, Linux", "Chrome, Android", "curl/8"}
    assert {one["address"] for one in found} == {"127.0.0.1"}
    page = laptop.get("/sign-ins").text
    assert page.count("Chrome, Android") == 2  # the second time in the name of its button
    [of_timur] = others.get("/api/v1/sign-ins").json["items"]
    assert laptop.post(f"/sign-ins/{of_timur['id']}/end", {"key": "not-mine"}).status == 404
    assert laptop.post("/sign-ins/x/end", {"key": "none"}).status == 404
    [of_phone] = [one for one in found if one["device"] == "Chrome, Android"]
    done = laptop.post(f"/sign-ins/{of_phone['id']}/end", {"key": "of-phone"})
    assert done.status == 303
    assert re.fullmatch(r"/sign-ins\?done=\d+", done.headers["location"])
    assert "The sign-in was ended." in laptop.get(done.headers["location"]).text
    assert phone.get("/c/demo/now").headers["location"].startswith("/sign-in?")
    assert third.get("/c/demo/now").status == 200
    done = laptop.post("/sign-ins/end-others", {"key": "others"})
    assert "1 other sign-in was ended." in laptop.get(done.headers["location"]).text
    assert [one.get("/c/demo/now").status for one in (laptop, third, others)] == [200, 303, 200]
    noted = passwords.look(
        "select a.viewer, a.action, o.outcome from etl_web.web_audit a join etl_web.web_audit_outcome o "
        "on o.audit_id = a.id where a.action like 'sign_in.%' order by a.id"
    )
    assert [tuple(one.values())[1:] for one in noted] == [
        ("sign_in.end", "failed"),
        ("sign_in.end", "failed"),
        ("sign_in.end", "done"),
        ("sign_in.end_others", "done"),
    ]
    # An action of no company is shown to the one who asked for it alone.
    number = done.headers["location"].rpartition("=")[2]
    assert laptop.get(f"/actions/{number}").status == 200
    assert others.get(f"/actions/{number}").status == 404


def test_who_has_not_signed_in_here_has_no_sign_ins(passwords: Site, serve_web: ServeWeb) -> None:
    add(passwords, "aidana", "operator")
    web = serve_web(passwords)
    browser_of(web, "aidana")
    with users_of(passwords) as users:
        token = users.add_token("aidana", users.all()[0].roles[""])
    program = {"Authorization": f"Bearer {token}"}
    assert web.get("/api/v1/sign-ins", **program).json == {"items": [], "is_kept": False}
    asked = program | {"Idempotency_Key": "k"}
    assert web.ask("POST", "/api/v1/sign-ins/end-others", b"", **asked).status == 404
    passwords.write(CONFIG, "identity=none")
    assert "You have not signed in here" in serve_web(passwords).get("/sign-ins").text


def test_a_language_follows_its_user(passwords: Site, serve_web: ServeWeb) -> None:
    add(passwords, "aidana", "operator")
    web = serve_web(passwords)
    first = browser_of(web, "aidana")

    def kept() -> str:
        return str(passwords.value("select language from etl_web.web_user"))

    for other in ({"Sec_Fetch_Site": "cross-site"}, {}, {"Sec_Fetch_Site": "same-origin", "Sec_Purpose": "prefetch"}):
        assert first.get("/c/demo/now?language=kk", **other).status == 303
        assert kept() == ""
    chosen = first.get("/c/demo/now?language=ru", Sec_Fetch_Site="same-origin")
    assert "etl-language=ru" in chosen.headers["set-cookie"]
    assert kept() == "ru"
    second = browser_of(web, "aidana")
    assert "etl-language=ru" in second.headers["Cookie"]
    assert '<html lang="ru">' in second.get("/c/demo/now").text
    assert '<html lang="ru">' in Web(web.port, {"Cookie": second.headers["Cookie"].partition(";")[0]}).get("/keys").text
    # What is chosen on the form to sign in is shown at once, keeps where it leads, and is the user's from then on.
    form = web.get("/sign-in?next=/c/demo/now&language=kk").text
    assert '<html lang="kk">' in form
    assert 'name="language" value="kk"' in form
    assert 'href="?next=%2Fc%2Fdemo%2Fnow&amp;language=ru"' in form
    wrong = web.post("/sign-in", {"name": "aidana", "password": "wrong", "next": "/", "language": "kk"})
    assert wrong.headers["location"] == "/sign-in?wrong=1&next=/&language=kk"
    assert "etl-language=kk" in browser_of(web, "aidana", language="kk").headers["Cookie"]
    assert kept() == "kk"
    assert sign_in(web, "aidana", language="xx").status == 303
