"""Damage that a run meets: it is named, the rows are ready again, and after the repair the run needs no hand-over."""

from pathlib import Path

import psycopg
import pytest

from etl.database.faults import translate
from etl.embedded import EmbeddedServer
from tests.fix_company import CLAIMS, ONLY_ONE, STORE, MakeSite, Site, superuser
from tests.fix_database import SESSIONS, Database
from tests.fix_restore import Elsewhere, done
from tests.integration.operations.test_restore import filled
from tests.integration.operations.test_verify import findings, verify

_PAGE = 8192


@pytest.fixture
def there(make_site: MakeSite, elsewhere: Elsewhere) -> Site:
    """A company on a server that may be stopped, and is ready to run."""
    site = filled(make_site(CLAIMS))
    done(site.etl("backup", "-o", "backup"))
    there = elsewhere(site)
    done(there.etl("restore", "backup"))
    done(there.etl("restore", "--activate"))
    there.partner.session.close()
    there.look("insert into in_tables.in_client (in_id, name) values ('new', 'New')")
    there.look("delete from in_tables.process_tracking")
    return there


def refused(site: Site, named: str) -> None:
    """A run ends with the name of what is damaged, and the row is ready again."""
    ended = site.etl("run")
    assert (ended.code, f"(the file is that of {named})" in ended.err) == (4, True), ended
    assert site.value("select in_status from in_tables.in_client where in_id = 'new'") == ""


@ONLY_ONE
def test_a_damaged_index_is_named_and_made_again(there: Site, younger_server: EmbeddedServer) -> None:
    index = f"{STORE}.bo_client__in_id_key"
    damage(younger_server, there, index, block=1)
    refused(there, f"index {index} of {STORE}.bo_client")
    [error] = [one for one in findings(verify(there, "--level", "indexes")) if one.startswith("indexes: ")]
    assert error.startswith(f"indexes: {index} of {STORE}.bo_client is damaged: invalid page in block 1")
    verify(there, "--level", "indexes", "--repair")
    done(there.etl("run", "--accept"))
    assert there.count(f"{STORE}.bo_client") == 4


@pytest.mark.nightly
@ONLY_ONE
def test_a_damaged_table_is_named_once_and_its_indexes_stay_as_they_are(
    there: Site, younger_server: EmbeddedServer
) -> None:
    table = f"{STORE}.bo_client"
    indexes = f"select string_agg(indexrelid::text, ',' order by 1) from pg_index where indrelid = '{table}'::regclass"
    before = there.value(indexes)
    damage(younger_server, there, table, block=0)
    refused(there, f"table {table}")
    for options in ((), ("--repair",)):
        found = verify(there, "--level", "indexes", *options)
        errors = findings(found)
        [error] = [one for one in errors if one.startswith(("tables: ", "indexes: "))]
        assert error.startswith(f"tables: {table} is damaged: invalid page in block 0")
        assert found.code == 1
        [reading] = [one for one in errors if one.startswith("links: ")]
        assert reading.endswith(f"(the file is that of table {table})")
    assert there.value(indexes) == before


def damage(server: EmbeddedServer, site: Site, relation: str, *, block: int) -> None:
    """The server starts again with another content in a page of a table or index."""
    site.look("checkpoint")
    file = server.data / str(site.value(f"select pg_relation_filepath('{relation}')", at=site.store_database))
    SESSIONS.close(site.database)
    server.stop()
    with file.open("r+b") as opened:
        opened.seek(_PAGE * block)
        opened.write(b"\xab" * _PAGE)
    server.start()


@pytest.fixture
def garbage(open_folder: Path) -> Path:
    """A library that the server cannot load, as when its packages were replaced by others."""
    library = open_folder / "plpgsql.so"
    library.write_bytes(b"of another version")
    library.chmod(0o755)
    return library


def test_a_server_whose_programs_were_replaced_must_be_restarted(database: Database, garbage: Path) -> None:
    with psycopg.connect(**superuser(database), autocommit=True) as session:
        for library in (str(garbage), "$libdir/not_there"):
            with pytest.raises(psycopg.Error) as refused:
                session.execute(f"load '{library}'")
            fault = translate(refused.value, "at home")
            assert (fault.is_damage, fault.sqlstate) == (False, "58P01")
            assert str(fault).endswith("or lack a file: the server must be restarted")
