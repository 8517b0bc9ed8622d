-- What the readers of one version were given and have confirmed, as they see it.
select reader, from_position, upto_position, asked_at, taken_at, retired_at
from {{ reader_schema | ident }}.reader_tracking
order by reader
