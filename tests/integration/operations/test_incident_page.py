"""docs/incident.md on a bad day: each of its commands, in states to which it leads."""

import re
import shlex
import socket
from collections.abc import Iterator

from etl.settings.directory_keys import DIRECTORY
from etl.settings.kafka_keys import IN_KAFKA, KAFKA
from tests.documentation import CHECKOUT, OPERATOR, blocks
from tests.fix_company import CLAIMS, ONLY_ONE, OUT, MakeSite, Site
from tests.fix_database import LOOPBACK
from tests.fix_restore import done
from tests.integration.directory.test_check import DOCUMENTS as PEOPLE
from tests.integration.upgrade.older import newer

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
    [text] = [block.text for block in blocks(OPERATOR) if block.language == "text"]
    stopped = str(site.value("select max(id) from in_tables.run"))
    assert re.sub(r"\b\d{19}\b", stopped, text) in done(site.etl("status")).out
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


def in_the_table() -> Iterator[tuple[str, list[str]]]:
    """Symptom -> words of a command that its row names, without the program's name."""
    _, _, table = PAGE.read_text().partition("\n## By symptom\n")
    for line in table.partition("\n## ")[0].splitlines():
        for command in re.findall(r"`etl ([^`]+)`", line):
            yield line.split(" | ")[0].strip("| "), shlex.split(command)


@ONLY_ONE
def test_the_commands_of_the_table_name_the_cause(make_site: MakeSite, kafka_url: str) -> None:
    site = make_site(CLAIMS | PEOPLE)
    done(site.etl("run"))
    site.write(KAFKA, f"servers={kafka_url}\n")
    site.write(IN_KAFKA, "hasInMigrationKafka=true\ntopics=not-made\ngroupId=demo\n")
    with socket.create_server((LOOPBACK, 0)) as probe:
        port = probe.getsockname()[1]
    keys = {"adHost": LOOPBACK, "adPort": port, "useSSL": "true", "adBase": "DC=corp", "adUsername": "svc@corp.kz"}
    keys |= {"adPassword": "secret"}
    site.write(DIRECTORY, "".join(f"{key}={value}\n" for key, value in keys.items()))
    newer(site, "store", site.store_database, oldest_writer=99)
    causes = {
        "kafka status": (0, "The topic not-made is not there"),
        "kafka lag": (0, "The topic not-made is not there"),
        "ad check": (1, f"error   controller {LOOPBACK}: port"),
        "ad status": (0, "There was no sync yet"),
        "check": (1, "has version 99"),
    }
    for symptom, words in in_the_table():
        code, cause = causes[" ".join(words)]
        ended = site.etl(*words)
        assert (ended.code, cause in ended.out) == (code, True), (symptom, ended)
    assert {" ".join(words) for _, words in in_the_table()} == set(causes)
