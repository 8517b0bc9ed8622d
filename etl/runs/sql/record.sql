-- All tasks of a plan in one statement; a plan that was recorded before stays unchanged.
insert into {{ schema | ident }}.task
    (run, seq, stage, kind, title, in_table, lane, first_position, after_position, claimed_rows)
select :run, seq, stage, kind, title, in_table, lane, first_position, after_position, claimed_rows
from jsonb_to_recordset(cast(:tasks as jsonb)) as t (
    seq int, stage int, kind varchar, title text, in_table varchar, lane varchar,
    first_position bigint, after_position bigint, claimed_rows bigint
)
on conflict (run, seq) do nothing
