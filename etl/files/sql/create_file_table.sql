-- The rows of a file with their lines, for this transaction only.
create temporary table {{ name | ident }} (
    _line bigint not null{% for column in columns %},
    {{ column.name | ident }} {{ column.type }}{% endfor %}

) on commit drop
