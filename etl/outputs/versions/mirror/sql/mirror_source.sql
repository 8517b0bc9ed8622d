-- The snapshot of this transaction, and the identity of server and journal: after a restore it differs, or the position
-- names transactions that have not happened yet. A mirror that is behind the position it reported was itself restored:
-- changes in between may have been cleaned.
{% from "journal_id.jinja" import first_journal %}
select
    cast(pg_current_snapshot() as text) as upto,
    concat_ws(' ', s.system_identifier, d.oid, {{ first_journal(schema) }}) as journal_id,
    coalesce(
            pg_snapshot_xmax(cast(cast(:position as text) as pg_snapshot)) > pg_snapshot_xmax(pg_current_snapshot()),
            true
        )
        or exists (
            select from {{ schema | ident }}.out_version v
            where v.schema_name = :mirror
              and pg_snapshot_xmax(v.journal_position) > pg_snapshot_xmax(cast(cast(:position as text) as pg_snapshot))
        ) as position_is_stale
from pg_control_system() s, pg_database d
where d.datname = current_database()
