"""Row by row with psycopg: one upsert a row; with the argument `many` in pipelines of 10,000 rows."""

import sys

import psycopg

COLUMNS = (
    "id, in_id, out_id, inserted_date, in_status, occupied_id, occupied_at, removed, "
    "surname, name, patronymic, email, balance, credit_limit, born_at, vip"
)
NAMES = COLUMNS.split(", ")
UPSERT = (
    f"insert into peer.client ({COLUMNS}) values ({', '.join(['%s'] * len(NAMES))}) "
    f"on conflict (in_id) do update set {', '.join(f'{one} = excluded.{one}' for one in NAMES if one != 'in_id')}"
)
ROWS = 10_000

source, destination, way = sys.argv[1:]
with (
    psycopg.connect(source) as reading,
    psycopg.connect(destination) as writing,
    reading.cursor(name="rows") as rows,
    writing.cursor() as cursor,
):
    rows.itersize = ROWS
    rows.execute(f"select {COLUMNS} from in_tables.in_client")
    while block := rows.fetchmany(ROWS):
        if way == "many":
            cursor.executemany(UPSERT, block)
        else:
            for row in block:
                cursor.execute(UPSERT, row)
        writing.commit()
