-- Rows and digests of both sides.
{% from "digest.jinja" import digest %}
select f.rows as file_rows, s.rows as store_rows, cast(f.digest as text) as file_digest,
    cast(s.digest as text) as store_digest, true as has_translated
from (
    select count(*) as rows, {{ digest("cast(row(r.file_id, r.out_file_id, r.file_name, r.mime_type, sha256(r.content))
        as text)") }} as digest
    from pg_temp.{{ rows | ident }} r
) f
cross join (
    select count(*) as rows, {{ digest("cast(row(a.file_id, a.file, f.file_name, f.mime_type, c.sha256) as text)") }}
        as digest
    from {{ store_schema | ident }}.file_alias a
    join {{ store_schema | ident }}.stored_file f on f._id = a.file
    join {{ store_schema | ident }}.file_storage c on c._id = f.content
) s
