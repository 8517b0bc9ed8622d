-- An output continues from here: what changed before is in no record, unless a recovery writes it.
{% from "journal_id.jinja" import journal_id %}
update {{ schema | ident }}.kafka_output
set journal_position = pg_current_snapshot(), place = {{ journal_id(schema) }}, unfinished = null, step = step + 1,
    is_begun = false, token = token + 1, owner = null, heartbeat_at = null, followed_at = clock_timestamp()
where name = :name
