"""docs/incident.md on a bad day: each of its commands, in states to which it leads."""

import re
import shlex

from tests.documentation import CHECKOUT, blocks
from tests.fix_company import CLAIMS, ONLY_ONE, OUT, MakeSite, Site
from tests.fix_restore import done

PAGE = CHECKOUT / "docs/incident.md"
CLIENTS = 100


def commands(site: Site) -> dict[str, list[list[str]]]:
    """Heading -> its commands, without the program's name."""
    found: dict[str, list[list[str]]] = {}
    for part in PAGE.read_text().split("\n## ")[1:]:
        lines = [
            line
            for text in re.findall(r"^```sh\n(.*?)^```$", part, re.MULTILINE | re.DOTALL)
            for line in text.splitlines()
        ]
        words = [shlex.split(line.replace("$HOME", str(site.home))) for line in lines]
        assert all(one[0] == "etl" for one in words)
        found[part.splitlines()[0]] = [one[1:] for one in words]
    assert sum(map(len, found.values())) == sum(len(one.lines) for one in blocks(PAGE) if one.language == "sh")
    return found


def perform(site: Site, lines: list[list[str]], codes: tuple[int, ...] = (0,)) -> list[str]:
    """What each has said, with the newest run for $RUN."""
    out = []
    for words in lines:
        run = str(site.value("select max(id) from in_tables.run"))
        ended = site.etl(*(run if one == "$RUN" else one for one in words))
        assert ended.code in codes, ended
        out.append(ended.out + ended.err)
    return out


def hand_over(site: Site, *, removed: int = 0) -> None:
    clients = ({"in_id": f"c-{n}", "name": f"Name {n}", "removed": n < removed} for n in range(CLIENTS))
    site.partner.redeliver("in_client", *clients)
    site.partner.redeliver("in_claim", {"in_id": "k", "title": "Claim"})
    site.partner.redeliver("in_claim_client", {"claim_id": "k", "client_id": "late"})
    site.partner.hand_over()


@ONLY_ONE
def test_the_commands_of_the_page_run_on_a_bad_day(make_site: MakeSite) -> None:
    site = make_site(CLAIMS)
    page = commands(site)
    hand_over(site)
    done(site.etl("run"))
    status, *_ = perform(site, page.pop("Look first"))
    assert "waiting" in status
    *checks, releasing = page.pop("Afterwards")
    perform(site, [*page.pop("Stop it, and keep what there is"), releasing])

    hand_over(site, removed=40)
    would, _ = perform(site, page.pop("Nothing begins"), codes=(0, 3))
    assert "maxRemovedShare" in would
    assert site.etl("run").code == 3
    *looked, accepted = page.pop("A run was stopped")
    perform(site, looked)
    perform(site, [accepted])
    assert site.count(f"{OUT}.client") == CLIENTS - 40
    perform(site, page.pop("A run stands still"))
    explained, *_ = perform(site, page.pop("Rows are missing"))
    assert "c-1" in explained
    perform(site, page.pop("Wrong data came in"))
    done(site.etl("run"))
    assert site.count(f"{OUT}.client") == CLIENTS

    *verified, accepted = page.pop("Damage")
    perform(site, [*verified, *page.pop("A disk is full")])
    assert "accept" in accepted[-1]
    perform(site, page.pop("A server was lost, or set back"))
    site.look(f"delete from {OUT}.client where system_id in (select system_id from {OUT}.client limit 5)")
    perform(site, page.pop("Tables of readers differ"))
    assert site.count(f"{OUT}.client") == CLIENTS
    perform(site, page.pop("An upgrade is in the way"))
    perform(site, checks)
    assert all(not lines for lines in page.values()), page
