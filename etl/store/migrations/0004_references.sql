-- kind: offline
-- oldest_writer: 4
-- oldest_reader: 4
-- Links of every source wait in one table. The owner is known by its external id, or by its instance if that is there;
-- the target by its external id, or by a unique field and its value. `target_bo` is empty where the member of the
-- composite is unknown.
alter table {{ schema | ident }}.boi_reference drop constraint boi_reference_pkey;
-- A value may be longer than an external id.
alter table {{ schema | ident }}.boi_reference rename column target_in_id to target_value;
-- See above.
alter table {{ schema | ident }}.boi_reference alter column target_value type text collate "C";
-- What waits already was given by external ids, and was looked up for all instances before the recorded position.
alter table {{ schema | ident }}.boi_reference
    add column owner varchar(16) collate "C" not null default '',
    add column target_field varchar(63) not null default '',
    add column written_by xid8 not null default '3';
-- From now on: which transaction made it wait. What commits beside it may have brought its target without seeing it.
alter table {{ schema | ident }}.boi_reference alter column written_by set default pg_current_xact_id();
-- A link waits once under each name of its ends.
alter table {{ schema | ident }}.boi_reference
    add primary key (bo, field, target_bo, owner_in_id, owner, target_field, target_value);
-- One name of the owner is enough.
alter table {{ schema | ident }}.boi_reference
    add constraint boi_reference_one_owner check (owner = '' or owner_in_id = '');
-- Which references of a link table have not been looked up yet.
create index boi_reference_written_by on {{ schema | ident }}.boi_reference (bo, field, target_bo, written_by);
-- Whether any reference of a link table names its target by a value: usually none does.
create index boi_reference_by_value on {{ schema | ident }}.boi_reference (bo, field, target_bo)
where target_field <> '';
-- Asked for the owners of a replaced or removed link.
create index boi_reference_owner on {{ schema | ident }}.boi_reference (bo, field, owner) where owner <> '';
-- The same of what waits no longer.
alter table {{ schema | ident }}.ended_reference rename column target_in_id to target_value;
-- See above.
alter table {{ schema | ident }}.ended_reference alter column target_value type text collate "C";
-- See above.
alter table {{ schema | ident }}.ended_reference
    add column owner varchar(16) collate "C" not null default '',
    add column target_field varchar(63) not null default '';
-- Per link table: all references and instances that transactions before `position` wrote have been looked up for each
-- other. A transaction number means nothing without its server: `place` names server, database and journal.
create table {{ schema | ident }}.reference_position (
    bo varchar(63) not null,
    field varchar(63) not null,
    target_bo varchar(63) not null,
    place text not null,
    position xid8 not null,
    primary key (bo, field, target_bo)
);
-- What was known of all link tables holds for each.
insert into {{ schema | ident }}.reference_position (bo, field, target_bo, place, position)
select distinct r.bo, r.field, r.target_bo, s.place, s.position
from {{ schema | ident }}.boi_reference r
cross join {{ schema | ident }}.links_served s
where s.place is not null and s.position is not null;
-- See above.
drop table {{ schema | ident }}.links_served;
-- For people.
comment on table {{ schema | ident }}.boi_reference is
    'Links of any source that wait for an instance: by external id, or by a unique field (target_field) and its value.';
-- For people.
comment on column {{ schema | ident }}.boi_reference.target_bo is
    'The object of the target; empty where the source did not say which member of the composite it is.';
-- For people.
comment on column {{ schema | ident }}.boi_reference.target_field is
    'The unique field of the target that has target_value; empty: its external id.';
-- For people.
comment on column {{ schema | ident }}.boi_reference.owner is
    'The owner''s instance, where it was there when the link began to wait; else owner_in_id is its external id.';
-- For people.
comment on table {{ schema | ident }}.reference_position is
    'Up to which transaction waiting links and arrived instances have been looked up for each other.';
-- Link rows of in_ tables whose waiting another source has ended: the next run of the in_ tables sets their status.
create table {{ schema | ident }}.pending_status (
    bo varchar(63) not null,
    field varchar(63) not null,
    target_bo varchar(63) not null,
    owner_in_id varchar(100) collate "C" not null,
    target_in_id varchar(100) collate "C" not null,
    in_status varchar(20) not null,
    primary key (bo, field, target_bo, owner_in_id, target_in_id)
);
-- For people.
comment on table {{ schema | ident }}.pending_status is
    'Statuses that the next run writes to link rows of in_ tables, as another source has ended their waiting.';
-- A value as a golden column of the type shows it as text; null if the type has no such value. It raises for no text:
-- a subtransaction per value is the price of not meeting a bad one in the middle of a merge. Words that mean another
-- time each day are no values, nor are numbers that only some servers can read (0x1f, 1_000).
create function {{ schema | ident }}.typed_text(written text, wanted text) returns text
language plpgsql stable strict parallel restricted
set search_path = pg_catalog set timezone = 'UTC' set datestyle = 'ISO, MDY'
as $body$
begin
    if wanted = 'numeric' and written ~* '[_a-df-z]'
        or wanted = 'time' and written ~* '(now|today|tomorrow|yesterday|epoch)'
    then
        return null;
    end if;
    return case wanted
        when 'numeric' then cast(cast(trim(written) as numeric(24,4)) as text)
        when 'time' then
            (
                select cast(t.at as text)
                from (select cast(written as timestamp with time zone) as at) t
                where isfinite(t.at)
            )
        when 'bool' then cast(cast(written as boolean) as text)
        else written
    end;
exception
    when insufficient_resources then raise;
    when others then return null;
end
$body$
