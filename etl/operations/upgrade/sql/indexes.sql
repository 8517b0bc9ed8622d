-- Which of the table's indexes of ours are there (see the migrations of the store), and on the other table.
select i.suffix, to_regclass('{{ schema | ident }}.{{ source | ident }}_' || i.suffix) is not null as is_there,
    to_regclass('{{ schema | ident }}.{{ target | ident }}_' || i.suffix) is not null as is_made
from unnest(array['written_by', 'target', 'instance']) i (suffix)
