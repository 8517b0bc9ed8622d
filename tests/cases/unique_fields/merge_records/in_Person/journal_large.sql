-- The replaced values of an instance with more text than one row of the journal holds (jsonb ends at 256 MB): field by
-- field, before the update. Unique values, which are short, are in the update's own row.
insert into store_demo.journal (run, bo, instance, change, before, origin)
select :run, :bo, o._id, 'changed', v.before, s._origin
from stage s
join store_demo.bo_Person o on o._id = s._known
cross join lateral (values
    (
        case
            when o.Born is distinct from s.Born
            then jsonb_build_object('born', o.Born)
        end
    )
) as v (before)
where s._action = 'changed' and (cast(0 as bigint) + coalesce(octet_length(o.email), 0)
        + coalesce(octet_length(o.Passport), 0)) > :max_image_bytes and v.before is not null