-- Since which transaction references and instances have not been looked up for each other (null: not known, or known on
-- another server, database or journal), and up to which the statements that follow look: all before it have ended.
{% from "journal_id.jinja" import journal_id %}
select cast(pg_snapshot_xmin(pg_current_snapshot()) as text) as until, (
    select cast(p.position as text)
    from {{ store_schema | ident }}.reference_position p
    where p.bo = :bo and p.field = :field and p.target_bo = :target_bo
      and p.place = {{ journal_id(store_schema) }} and p.position <= pg_snapshot_xmax(pg_current_snapshot())
) as since
