-- As pass_repeated, where there are enough rows that the store is best read once: one hash join finds them, and they
-- are written in the order of their places. In the order of the join each row would bring another page of the in_
-- table. A full join cannot be a nested loop, whatever the statistics say, and `writing_by_ctid` leaves the update only
-- one plan: to fetch row by row by ctid. A row that the partner has rewritten meanwhile has another xmin.
{% from "chunk.jinja" import claimed %}
{% from "repeated.jinja" import repeated, sound %}
update {{ in_schema | ident }}.{{ in_table | ident }} i
set in_status = 'DONE', out_id = s._id
from (
    select i._ctid, i._xmin, g._id
    from (
        select i.*, i.ctid as _ctid, i.xmin as _xmin
        from {{ in_schema | ident }}.{{ in_table | ident }} i
        where {{ claimed(chunk) }}
    ) i
    full join (
        select {{ (["_in_id", "_id", "_state"] + (fields | map(attribute="column") | list)) | unique | comma_list }}
        from {{ store_schema | ident }}.{{ golden | ident }}
        {# Read as it lies, not by an index. #}
        offset 0
    ) g on g._in_id = i.in_id collate "C"
    where case when i._ctid is not null and g._id is not null
            and {{ sound(fields, system) }}
            and {{ repeated(fields, keep_on_null) }}
        then true else false end
    order by i._ctid
) s
where i.ctid = s._ctid and i.xmin = s._xmin
