-- A content over the limit is reported in each run that meets it, not only when the fields that name it have waited too
-- long.
insert into {{ in_schema | ident }}.err (run, in_table, in_id, column_name, code, message, message_rus, value, severity)
select
    :run, 'in_fileStorage', i.file_id, 'content', s.code,
    replace(s.sentence ->> 0, '{column}', 'content'), replace(s.sentence ->> 1, '{column}', 'content'),
    octet_length(i.content) || ' bytes', 'error'
from {{ in_schema | ident }}.in_fileStorage i
join jsonb_each(cast(:sentences as jsonb)) as s (code, sentence) on s.code = 'VALUE_TOO_LONG'
where not coalesce(i.uploaded, false) and octet_length(i.content) > :max_value_bytes
