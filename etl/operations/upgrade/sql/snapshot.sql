{% if follow == "number" %}
-- The highest number of a row or of the sequence, while no one else writes.
select cast(greatest(
        max({{ number | ident }}),
        pg_sequence_last_value('{{ schema | ident }}.{{ (table ~ "_" ~ number ~ "_seq") | ident }}')
    ) as text) as upto
from {{ schema | ident }}.{{ source | ident }}
{% else %}
-- The transactions that are over now.
select cast(pg_current_snapshot() as text) as upto
{% endif %}
