-- The instances of an object that units after one, up to another one, have changed. Of the store: the journal of a
-- mirror lacks what came as whole tables.
select distinct j.instance as id
from {{ store_schema | ident }}.journal j
where j.bo = :bo and j.field is null and j.run > :since and j.run <= :upto
