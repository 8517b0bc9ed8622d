-- Notifies listening runners that the marker was written. It runs with the privileges of the partner who writes, uses
-- only pg_catalog, and sends only the schema: the runner reads the marker itself. A hand-over must not fail because of
-- it: a full NOTIFY queue refuses the commit, so from half full on nothing is sent, and polling finds the hand-over.
-- Reading the usage of the queue also frees what all listeners have read. Writes of the engine itself are not notified.
create or replace function {{ schema | ident }}.etl_hand_over() returns trigger
language plpgsql set search_path = pg_catalog as $$
begin
    if coalesce(current_setting('etl.writes_marker', true), '') = 'on' then
        return null;
    end if;
    -- A truncate cannot be notified at the commit. Within a longer transaction the queue may be full by then.
    if tg_op = 'TRUNCATE' and statement_timestamp() <> transaction_timestamp() then
        return null;
    end if;
    if pg_notification_queue_usage() < 0.5 then
        perform pg_notify('etl_hand_over', tg_table_schema);
    end if;
    return null;
exception when others then
    return null;
end
$$
