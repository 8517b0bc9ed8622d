-- The relations with our names: kind, owner, and anything that would run foreign code with our privileges.
-- Membership is counted out by hand: to a superuser pg_has_role says yes to everything.
with recursive mine as (
    select oid from pg_catalog.pg_roles where rolname = current_user
    union
    select m.roleid from pg_catalog.pg_auth_members m join mine on m.member = mine.oid
)
select
    c.relname::text as name,
    c.relkind::text as kind,
    pg_catalog.pg_get_userbyid(c.relowner)::text as owner,
    c.relowner in (select oid from mine) as is_ours,
    c.relkind = 'r' and pg_catalog.pg_relation_size(c.oid) > 0 as has_rows,
    c.relrowsecurity or c.relforcerowsecurity as row_security,
    -- The engine's own trigger on the marker is known by its function, which none but the engine can have made.
    array(
        select t.tgname::text
        from pg_catalog.pg_trigger t
        join pg_catalog.pg_proc p on p.oid = t.tgfoid
        where t.tgrelid = c.oid and not t.tgisinternal
          and not (
              p.proname = 'etl_hand_over' and p.pronamespace = c.relnamespace
              and p.proowner in (select oid from mine)
          )
        order by 1
    ) as triggers,
    array(select rulename::text from pg_catalog.pg_rewrite where ev_class = c.oid order by 1) as rules,
    exists (select from pg_catalog.pg_inherits where c.oid in (inhparent, inhrelid)) as inherits
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where n.nspname = :schema and c.relname = any(:names)
