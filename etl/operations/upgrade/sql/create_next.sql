-- The new form beside the old one, without indexes until it is filled.
create table {{ schema | ident }}.{{ (table ~ "_next") | ident }} (
    like {{ schema | ident }}.{{ table | ident }} including defaults including storage including comments
    including constraints
{% if key %}
    , constraint {{ (table ~ "_next_pkey") | ident }} primary key ({{ key | idents | comma_list }})
{% endif %}
)
partition by range (run);
{% for week in weeks %}
-- Units that began in this week.
create table {{ schema | ident }}.{{ week.name | ident }}
    partition of {{ schema | ident }}.{{ (table ~ "_next") | ident }}
    for values from (:first_{{ loop.index0 }}) to (:after_{{ loop.index0 }});
{% endfor %}
{% if weeks %}
-- Units of before.
create table {{ schema | ident }}.{{ (table ~ "_older") | ident }}
    partition of {{ schema | ident }}.{{ (table ~ "_next") | ident }}
    for values from (minvalue) to (:first_0);
{% endif %}
-- What no other partition is for.
create table {{ schema | ident }}.{{ (table ~ "_default") | ident }}
    partition of {{ schema | ident }}.{{ (table ~ "_next") | ident }} default;
-- For people.
comment on table {{ schema | ident }}.{{ (table ~ "_next") | ident }} is {{ comment | literal }};
-- A clean-up of before the switch deletes by ctid, and may have waited for the lock: here a ctid is of a row in each
-- partition. This program deletes from one partition, and drops partitions.
create rule {{ (table ~ "_by_partition") | ident }} as on delete to {{ schema | ident }}.{{ (table ~ "_next") | ident }}
    do instead nothing
