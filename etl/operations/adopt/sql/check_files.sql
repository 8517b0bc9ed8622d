-- What is wrong with files: a file has one id, one content and one name. A row without file_id is named by
-- out_file_id.
{% from "faults.jinja" import bad_id, first_faults %}
with hashed as materialized (
    select _line, file_id, out_file_id, file_name, mime_type, content is null as is_empty, sha256(content) as sha256
    from pg_temp.{{ rows | ident }}
),
fault as (
    {{ bad_id(rows, "out_file_id") }}
    union all
    select _line, column_name, 'is already on line ' || first_line || ': keep one'
    from (
        select
            _line, case when file_id is null then 'out_file_id' else 'file_id' end as column_name,
            first_value(_line) over (partition by coalesce(file_id, out_file_id) order by _line) as first_line
        from hashed
        where coalesce(file_id, out_file_id) is not null
    ) named
    where first_line < _line
    union all
    select _line, 'file_id', 'and out_file_id are both empty: nothing names the file'
    from hashed
    where file_id is null and out_file_id is null
    union all
    select _line, 'content', 'is empty: give the bytes of the file'
    from hashed
    where is_empty
    union all
    select h._line, 'out_file_id', 'is that of line ' || f._line || ', whose content, name or type is another'
    from hashed h
    join (select distinct on (out_file_id) * from hashed where out_file_id is not null order by out_file_id, _line) f
        on f.out_file_id = h.out_file_id
    where (f.sha256, f.file_name, f.mime_type) is distinct from (h.sha256, h.file_name, h.mime_type)
    union all
    select h._line, 'out_file_id',
        'has the content, name and type of ' || f.out_file_id || ' on line ' || f._line || ': give it another name'
    from hashed h
    join (
        select distinct on (sha256, file_name, mime_type) * from hashed where out_file_id is not null
        order by sha256, file_name, mime_type, _line
    ) f on f.sha256 = h.sha256 and (f.file_name, f.mime_type) is not distinct from (h.file_name, h.mime_type)
    where h.out_file_id <> f.out_file_id
)
{{ first_faults() }}
