-- All tasks of a plan in one statement; a plan that was recorded before stays unchanged. The column of the serial key
-- is called `lane`: renaming it would shut out programs of the version before for a name alone.
insert into {{ schema | ident }}.task
    (run, seq, stage, kind, title, in_table, lane, first_position, after_position, claimed_rows)
select :run, seq, stage, kind, title, in_table, serial_key, first_position, after_position, claimed_rows
from jsonb_to_recordset(cast(:tasks as jsonb)) as t (
    seq int, stage int, kind varchar, title text, in_table varchar, serial_key varchar,
    first_position bigint, after_position bigint, claimed_rows bigint
)
on conflict (run, seq) do nothing
