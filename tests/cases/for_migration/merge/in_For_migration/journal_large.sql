-- The replaced values of an instance with more text than one row of the journal holds (jsonb ends at 256 MB): field by
-- field, before the update. Unique values, which are short, are in the update's own row.
insert into store_demo.journal (run, bo, instance, change, before, origin)
select :run, :bo, o._id, 'changed', v.before, cast(s._row as text)
from stage s
join store_demo.bo_For_migration o on o._id = s._known
cross join lateral (values
    (
        case
            when o.mig2 is distinct from s.mig2
            then jsonb_build_object('mig2', o.mig2)
        end
    )
) as v (before)
where s._action = 'changed' and (cast(0 as bigint) + coalesce(octet_length(o.mig2), 0)) > :max_image_bytes and v.before is not null