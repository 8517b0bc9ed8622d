"""What a process locks while it changes definitions outside of a task: the server ends its session if it freezes there.

A task may wait for another database, and a new owner of its run ends its sessions.
"""

import psycopg
import pytest

from etl.database import BRIEF
from tests.fix_company import ONLY_ONE, MakeSite, superuser

CLIENT = """
code: Client
fields:
  - {code: Name, type: INPUT_TEXT, needLoadFromInTables: true}
"""
_NOTE_DEFINITIONS = """
create table public.changed_definition (command text, object text, timeout text, is_task bool);
create function public.note_definition() returns event_trigger language plpgsql security definer
    set search_path = pg_catalog as $$
begin
    insert into public.changed_definition
    select tg_tag, c.object_identity, current_setting('idle_in_transaction_session_timeout'),
        exists (
            select from pg_locks l
            where l.pid = pg_backend_pid() and l.relation::regclass::text in ('in_tables.task', 'in_tables.run_fence')
        )
    from pg_event_trigger_ddl_commands() c
    where c.schema_name is distinct from 'pg_temp';
end $$;
create event trigger note_definition on ddl_command_end execute function public.note_definition();
"""


# Where there are several databases, a transaction in one of them waits for what is made in another.
@ONLY_ONE
@pytest.mark.first_run
def test_the_server_ends_who_freezes_while_changing_definitions(make_site: MakeSite) -> None:
    site = make_site({"Client": CLIENT})
    with psycopg.connect(**superuser(site.database), autocommit=True) as session:
        session.execute(_NOTE_DEFINITIONS)
    site.partner.fill("in_Client", {"in_id": "a", "name": "Anna"})
    assert site.run().run
    assert site.etl("out", "build", "--version", "2").code == 0
    assert site.etl("out", "switch", "2").code == 0
    assert site.etl("out", "retire", "1", "--force").code == 0
    changed = site.look("select command, object, timeout from public.changed_definition where not is_task")
    assert changed
    [brief] = BRIEF.values()
    assert "; ".join(f"{row['command']} {row['object']}" for row in changed if row["timeout"] != brief) == ""
