-- One task for each business object; last_migration_state shows them, as their number is the highest.
insert into {{ schema | ident }}.task (run, seq, stage, kind, title, in_table, counters)
select :number, t.seq, 1, :kind, t.title, t.bo, t.counters
from jsonb_to_recordset(cast(:tasks as jsonb)) as t (seq int, title text, bo varchar, counters jsonb)
