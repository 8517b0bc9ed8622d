-- kind: offline
-- oldest_writer: 1
-- oldest_reader: 1
-- Names that say what they are, a comment on each table, and the tables for an import in another database in every store.
-- Programs from before migrations were recorded name `unit_number.highest` in a statement of their preparation, which fails
-- without it, so that they write nothing.
alter table {{ schema | ident }}.unit_number rename column highest to last_number;
-- These were made only beside an import in another database, under their older names. The tasks of the running run whose
-- effects are here, whatever became of the import's transaction; old runs' rows go when a run begins.
create table if not exists {{ schema | ident }}.relay_task (
    run bigint not null,
    seq int not null,
    counters jsonb not null,
    primary key (run, seq)
);
-- See relay_keep_ends.
create table if not exists {{ schema | ident }}.relay_mark (
    run bigint not null,
    seq int not null,
    owner_in_id varchar(100) not null,
    target_in_id varchar(100) not null,
    in_status varchar(20) not null
);
-- Asked for by task.
create index if not exists relay_mark_task on {{ schema | ident }}.relay_mark (run, seq);
-- See relay_keep_errors. row_id: which row it is of, for what a repeated task does not find again.
create table if not exists {{ schema | ident }}.relay_err (
    run bigint not null,
    seq int not null,
    in_table varchar(63) not null,
    in_id varchar(100),
    column_name varchar(63),
    code varchar(32) not null,
    message text not null,
    message_rus text not null,
    value text,
    severity varchar(8) not null,
    row_id bigint
);
-- Asked for by task.
create index if not exists relay_err_task on {{ schema | ident }}.relay_err (run, seq);
-- The token that may write. A row of its own, for tasks lock it `for share`.
create table if not exists {{ schema | ident }}.relay_gate (
    only_row bool primary key default true check (only_row),
    run bigint not null default 0,
    fence bigint not null default 0
);
-- Its one row.
insert into {{ schema | ident }}.relay_gate default values on conflict do nothing;
-- What was taken back, and as which run: where the import never heard of it, the next `etl undo` tells it.
create table if not exists {{ schema | ident }}.relay_undo (
    as_run bigint primary key,
    run bigint not null,
    undone_at timestamp with time zone not null,
    counters jsonb not null
);
{% macro renamed(relation, old, new) %}
-- {{ relation }} of an older name.
alter {{ relation }} {{ schema | ident }}.{{ old }} rename to {{ new }};
{% endmacro %}
{{ renamed("table", "relay_task", "remote_task") -}}
{{ renamed("index", "relay_task_pkey", "remote_task_pkey") -}}
{{ renamed("table", "relay_mark", "remote_mark") -}}
{{ renamed("index", "relay_mark_task", "remote_mark_task") -}}
{{ renamed("table", "relay_err", "remote_err") -}}
{{ renamed("index", "relay_err_task", "remote_err_task") -}}
{{ renamed("table", "relay_undo", "remote_undo") -}}
{{ renamed("index", "relay_undo_pkey", "remote_undo_pkey") -}}
{{ renamed("table", "relay_gate", "store_fence") -}}
{{ renamed("index", "relay_gate_pkey", "store_fence_pkey") -}}
-- And its constraint.
alter table {{ schema | ident }}.store_fence rename constraint relay_gate_only_row_check to store_fence_only_row_check;
{% macro about(table, sentence) %}
-- For people.
comment on table {{ schema | ident }}.{{ table }} is {{ sentence | literal }}
{%- endmacro %}
{{ about("journal", "What runs and undos have changed in the golden tables, with the values before.") }};
{{ about("unit_number", "The highest number that a run or an undo on this store has had.") }};
{{ about("alias", "Further external ids of instances, beside the one in their own row.") }};
{{ about("boi_reference", "Links that wait for an instance that has not arrived.") }};
{{ about("links_served", "Up to which transaction waiting links have been looked up for what arrived.") }};
{{ about("file_storage", "The contents of files, each once.") }};
{{ about("stored_file", "Files as they are named; several may have one content.") }};
{{ about("file_alias", "Which stored file a partner's file_id means.") }};
{{ about("file_reference", "Fields that wait for a file that has not arrived.") }};
{{ about("undone_run", "Which run an undo has taken back.") }};
{{ about("ended_reference", "Links that wait no longer, kept for an undo of the run that ended them.") }};
{{ about("ended_file_reference", "Fields that wait for no file any more, kept for an undo of the run that ended it.") }};
{{ about("ended_alias", "External ids that mean an instance no longer, kept for an undo of the run that ended it.") }};
{{ about("ended_file_alias", "File ids that mean a file no longer, kept for an undo of the run that ended it.") }};
{{ about("err", "The permanent copy of the runs' errors; the import's own are deleted when they are old.") }};
{{ about("store_fence", "The run and fencing token that may write from an import in another database.") }};
{{ about("remote_task", "Tasks of a run from another database whose effects are in this store.") }};
{{ about("remote_mark", "What such tasks have still to note at the import about links that waited.") }};
{{ about("remote_err", "What such tasks have still to report at the import.") }};
{{ about("remote_undo", "Runs taken back here that the import in another database may not know of.") }}
