-- What became of the rows of a staged table: DONE or ERROR, the instance, and what was done to it.
create temporary table mark (
    id bigint not null,
    in_status varchar(20) not null,
    out_id varchar(16),
    action varchar(16) not null
) on commit drop
