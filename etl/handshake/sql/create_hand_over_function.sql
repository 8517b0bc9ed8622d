-- Tells whoever listens that the marker was written. It runs with the rights of the partner who writes, names nothing
-- but pg_catalog, and says no more than the schema: the runner looks for itself.
create or replace function {{ schema | ident }}.etl_hand_over() returns trigger
language plpgsql set search_path = pg_catalog as $$
begin
    perform pg_notify('etl_hand_over', tg_table_schema);
    return null;
end
$$
