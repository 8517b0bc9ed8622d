-- The records of a batch as columns of text.
-- step stage
create temporary table stage (
    number int not null,
    partition int not null,
    record_offset bigint not null,
    record_id text collate "C",
    digest bigint not null,
    in_id text collate "C" not null,
    surname text,
    name text,
    patronymic text,
    email text,
    balance text,
    credit_limit text,
    born_at text,
    vip text,
    branch text
)
