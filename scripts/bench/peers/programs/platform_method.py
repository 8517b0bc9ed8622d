"""The platform vendor's published method, on our tables: portions of ready rows by batched inserts into an ordinary
table beside the target, then checks, duplicates, matching, insert, update by SQL, then the statuses at the source."""

import sys

import psycopg

FIELDS = "surname, name, patronymic, email, balance, credit_limit, born_at, vip"
PORTION, BATCH = 250_000, 50_000
BESIDE = """
drop table if exists peer.beside;
create table peer.beside (
    client_id bigint, status int default 0, error text, number bigint primary key, in_id varchar(100), surname text,
    name text, patronymic text, email text, balance numeric(24,4), credit_limit numeric(24,4),
    born_at timestamp with time zone, vip bool
)
"""
STATEMENTS = (
    "update peer.beside set error = 'in_id is missing' where error is null and in_id is null",
    "update peer.beside set error = 'surname is missing' where error is null and surname is null",
    "update peer.beside set error = 'name is missing' where error is null and name is null",
    "delete from peer.beside where error is not null",
    "update peer.beside b set status = 2 "
    "from (select number, row_number() over (partition by in_id order by number desc) as age from peer.beside) ranked "
    "where ranked.number = b.number and age > 1",
    "update peer.beside b set client_id = c.id from peer.client c where c.in_id = b.in_id",
    "update peer.beside set status = 3 where client_id is not null and status = 0",
    "update peer.beside set client_id = nextval('peer.client_id') where status = 0",
    f"insert into peer.client (id, in_id, {FIELDS}) "
    f"select client_id, in_id, {FIELDS} from peer.beside where status = 0",
    f"update peer.client c set ({FIELDS}) = (select {', '.join('b.' + one for one in FIELDS.split(', '))}) "
    "from peer.beside b where c.id = b.client_id and b.status = 3",
    "update peer.client c set removed = false from peer.beside b where c.id = b.client_id and b.status = 0",
)

source, destination = sys.argv[1:]
with psycopg.connect(source) as reading, psycopg.connect(destination) as writing:
    insert = f"insert into peer.beside (number, in_id, {FIELDS}) values ({', '.join(['%s'] * 10)})"
    while True:
        writing.execute(BESIDE)
        count = 0
        with reading.cursor(name="rows") as rows, writing.cursor() as cursor:
            rows.execute(
                f"select id, in_id, {FIELDS} from in_tables.in_client where in_status = '' order by id limit {PORTION}"
            )
            while block := rows.fetchmany(BATCH):
                cursor.executemany(insert, block)
                writing.commit()
                count += len(block)
        if not count:
            break
        for statement in STATEMENTS:
            writing.execute(statement)
            writing.commit()
        numbers = [number for (number,) in writing.execute("select number from peer.beside")]
        with reading.cursor() as cursor:
            for start in range(0, len(numbers), BATCH):
                done = [(number,) for number in numbers[start : start + BATCH]]
                cursor.executemany("update in_tables.in_client set in_status = 'OK' where id = %s", done)
                reading.commit()
