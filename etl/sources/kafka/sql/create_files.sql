-- The files of a batch, of the shape in which partners give them.
create temporary table in_fileStorage (
    file_id varchar(32) primary key,
    file_name varchar(300),
    mime_type varchar(100),
    content bytea,
    uploaded boolean default false,
    out_file_id varchar(32)
) on commit drop
