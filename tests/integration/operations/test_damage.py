"""Damage that a run meets: it is named, the rows are ready again, and after the repair the run needs no hand-over."""

from pathlib import Path

import psycopg
import pytest

from etl.database.faults import translate
from etl.embedded import EmbeddedServer
from tests.fix_company import CLAIMS, ONLY_ONE, STORE, MakeSite, superuser
from tests.fix_database import SESSIONS, Database
from tests.fix_restore import Elsewhere, done
from tests.integration.operations.test_restore import filled
from tests.integration.operations.test_verify import findings, verify

_PAGE = 8192


@ONLY_ONE
def test_a_damaged_index_is_named_and_made_again(
    make_site: MakeSite, elsewhere: Elsewhere, younger_server: EmbeddedServer
) -> None:
    site = filled(make_site(CLAIMS))
    done(site.etl("backup", "-o", "backup"))
    there = elsewhere(site)
    done(there.etl("restore", "backup"))
    done(there.etl("restore", "--activate"))
    index = f"{STORE}.bo_client__in_id_key"
    file = younger_server.data / str(there.value(f"select pg_relation_filepath('{index}')"))
    restarted(younger_server, there.database, file)
    there.partner.session.close()
    with psycopg.connect(**superuser(there.database), autocommit=True) as session:
        session.execute("insert into in_tables.in_client (in_id, name) values ('new', 'New')")
        session.execute("delete from in_tables.process_tracking")
        refused = there.etl("run")
        assert (refused.code, f"(the file is that of index {index} of {STORE}.bo_client)" in refused.err) == (4, True)
        statuses = session.execute("select in_status from in_tables.in_client where in_id = 'new'").fetchall()
        assert statuses == [("",)]
    [error] = [one for one in findings(verify(there, "--level", "indexes")) if one.startswith("indexes: ")]
    assert error.startswith(f"indexes: {index} of {STORE}.bo_client is damaged: invalid page in block 1")
    verify(there, "--level", "indexes", "--repair")
    done(there.etl("run", "--accept"))
    assert there.count(f"{STORE}.bo_client") == 4


def restarted(server: EmbeddedServer, database: Database, file: Path) -> None:
    """With another content in a page of the file."""
    SESSIONS.close(database)
    server.stop()
    with file.open("r+b") as index:
        index.seek(_PAGE)
        index.write(b"\xab" * _PAGE)
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
