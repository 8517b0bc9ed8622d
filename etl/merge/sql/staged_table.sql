-- The rows of a batch of a source other than in_ tables, of the shape of an in_ table. `id`: their order. `_given`: one
-- bit per loaded field, the first the lowest one of the first byte (as get_bit counts them); without it all are given.
-- `_state`: null leaves it to the merge. `_origin`: which record or entry the row is of.
create temporary table {{ table | ident }} (
    id bigint not null,
    in_id varchar(100),
    out_id varchar(32),
    removed bool,
    in_status varchar(20) default 'ON_WORK',
{% for field in fields %}
    {{ field.code | ident }} {{ field.sql_type }},
{% endfor %}
    _given bytea not null default {{ all_given | literal }} check (octet_length(_given) = {{ given_bytes }}),
    _state varchar(8) check (_state in ('ACTUAL', 'REMOVED', 'ARCHIVED', 'TEST')),
    _origin text
) on commit drop
