-- The new form beside the old one, without indexes until it is filled.
create table {{ schema | ident }}.journal_next (like {{ schema | ident }}.journal including defaults including storage
    including comments)
partition by range (run);
{% for week in weeks %}
-- Units that began in this week.
create table {{ schema | ident }}.{{ week.name | ident }} partition of {{ schema | ident }}.journal_next
    for values from (:first_{{ loop.index0 }}) to (:after_{{ loop.index0 }});
{% endfor %}
{% if weeks %}
-- Units of before.
create table {{ schema | ident }}.journal_older partition of {{ schema | ident }}.journal_next
    for values from (minvalue) to (:first_0);
{% endif %}
-- What no other partition is for.
create table {{ schema | ident }}.journal_default partition of {{ schema | ident }}.journal_next default;
-- For people.
comment on table {{ schema | ident }}.journal_next is
    'The changes of the golden tables, by the week in which their units began; see etl upgrade status.';
-- A clean-up of before the switch deletes by ctid, and may have waited for the lock: here a ctid is of a row in each
-- partition. This program deletes from one partition, and drops partitions.
create rule journal_by_partition as on delete to {{ schema | ident }}.journal_next do instead nothing
