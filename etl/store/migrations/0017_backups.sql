-- kind: additive
-- oldest_writer: 4
-- oldest_reader: 4
-- The backups that were made of this store, so that it can be said how old the last one is. `location`: folder and
-- host. `drilled_at`: when it was last restored by way of trial.
create table {{ schema | ident }}.backup_record (
    backup_id varchar(64) primary key,
    taken_at timestamp with time zone not null,
    location text not null,
    drilled_at timestamp with time zone
);
-- For people.
comment on table {{ schema | ident }}.backup_record is
    'Backups of this company and when each was last restored in a drill; etl backup and etl restore --drill write it.';
