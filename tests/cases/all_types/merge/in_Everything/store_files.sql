-- Contents that the storage does not have yet, each once. The first file of a content has the content's id.
with fresh as (
    insert into store_demo.file_storage (_id, sha256, file_name, mime_type, content)
    select :new_ids || to_hex(1048575 + row_number() over (order by fresh.sha256)), fresh.sha256, fresh.file_name, fresh.mime_type, fresh.content
    from (
        select distinct on (sha256(content)) sha256(content) as sha256, file_name, mime_type, content
        from in_tables.in_fileStorage
        where not coalesce(uploaded, false) and content is not null and octet_length(content) <= :max_value_bytes
        order by sha256(content), file_id
    ) fresh
    where not exists (select 1 from store_demo.file_storage f where f.sha256 = fresh.sha256)
    on conflict (sha256) do nothing
    returning _id, file_name, mime_type
)
insert into store_demo.stored_file (_id, content, file_name, mime_type)
select _id, _id, file_name, mime_type from fresh