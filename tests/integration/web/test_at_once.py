"""Two requests with one key of which neither sees the other, and a configuration that changes under a request."""

import threading

from etl.database import transaction
from etl.web.companies import Companies
from tests.fix_company import IMPORT_CONFIG, Site, until
from tests.fix_database import SESSIONS
from tests.fix_web import Reply, Web
from tests.integration.web.conftest import Counting

PATH = "/api/v1/c/demo/count"


def test_of_two_requests_with_one_key_one_acts(site: Site, web: Web, counting: Counting) -> None:
    """The key of the other one is taken, and not yet committed, when this one looks for it."""
    assert web.post(PATH, {"what": "rows", "key": "k"}).status == 200
    answers: list[Reply] = []
    asking = threading.Thread(target=lambda: answers.append(web.post(PATH, {"what": "rows", "key": "k"})))
    with SESSIONS.one(site.database) as session:
        taken = "viewer, key_digest, request_digest, audit_id, alive_at"
        session.execute(f"create temporary table taken as select {taken} from etl_web.web_action_key")
        session.execute("delete from etl_web.web_action_key")
        with session.transaction():
            session.execute(f"insert into etl_web.web_action_key ({taken}) select * from taken")
            asking.start()
            waits = "select 1 from pg_locks where not granted and locktype = 'transactionid'"
            until(lambda: site.look(waits), "the request waits for the other one")
    asking.join()
    [answer] = answers
    assert (answer.status, len(counting.calls)) == (202, 1), answer.text
    refused = "select detail from etl_web.web_audit_outcome where outcome = 'refused'"
    assert site.value(refused) == "the same was asked for at the same time"


def test_a_request_keeps_the_configuration_with_which_it_began(site: Site) -> None:
    companies = Companies(site.url, site.environ)
    try:
        assert not companies.refresh()
        with companies.using("demo") as former:
            site.set(leaseSeconds=77)
            assert companies.refresh()
            with companies.using("demo") as current:
                assert current.settings.in_migration.lease_seconds == 77
            assert former.settings.in_migration.lease_seconds != 77
            with transaction(former.engine) as connection:
                connection.exec_driver_sql("select 1")
            pool = former.engine.pool
        assert former.engine.pool is not pool, "its connections are closed with the last request"
        site.write(IMPORT_CONFIG, site.text(IMPORT_CONFIG))
        assert not companies.refresh()
        with companies.using("demo") as last:
            assert last is current
    finally:
        companies.close()
