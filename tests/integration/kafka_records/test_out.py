"""The out_ tables show what batches have merged, in one database and in several."""

import threading
from collections.abc import Mapping

from etl.engine import prepare
from etl.engine.record_batches import show_batches
from tests.fix_company import BOTH_LAYOUTS, CLAIMS, OUT, MakeSite, Site
from tests.integration.kafka_records.topic import Topic, link, record

DOCUMENTS: Mapping[str, str] = CLAIMS


@BOTH_LAYOUTS
def test_readers_see_records(make_site: MakeSite) -> None:
    site = make_site(DOCUMENTS)
    with site.runtime() as runtime:
        prepare(runtime)
        topic = Topic(site, runtime)
        topic.send(record("Client", "c", Name="a"), record("Claim", "k", Title="t", links=[link("Client", "c")]))
        show_batches(runtime)
        assert shown(site) == ({"a"}, {"t"}, 1)
        topic.send(record("Client", "c", Name="b"), record("Client", "d", Name="x", state="TEST"))
        callers = [threading.Thread(target=show_batches, args=[runtime]) for _ in range(3)]
        for caller in callers:
            caller.start()
        for caller in callers:
            caller.join()
        assert shown(site) == ({"b"}, {"t"}, 1)
        topic.send(record("Client", "c", state="REMOVED"))
        show_batches(runtime)
        assert shown(site) == (set(), {"t"}, 0)


def shown(site: Site) -> tuple[set[str], set[str], int]:
    """Names of clients, titles of claims, number of links."""
    clients = {row["name"] for row in site.look(f"select name from {OUT}.client", at=site.out_database)}
    claims = {row["title"] for row in site.look(f"select title from {OUT}.claim", at=site.out_database)}
    links = site.value(f"select count(*) from {OUT}._claim_client_", at=site.out_database)
    return clients, claims, links
