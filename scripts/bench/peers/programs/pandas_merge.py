"""pandas: read_sql and to_sql by chunks into a table beside the target, then one merge by key."""

import sys

import pandas
import sqlalchemy

source, destination = (
    sqlalchemy.create_engine(url.replace("postgresql://", "postgresql+psycopg://")) for url in sys.argv[1:]
)
# A column of nothing but nulls tells pandas no type.
TYPES = {"out_id": sqlalchemy.Text(), "occupied_id": sqlalchemy.BigInteger(), "occupied_at": sqlalchemy.DateTime(True)}
with source.connect().execution_options(stream_results=True) as reading, destination.begin() as writing:
    writing.execute(sqlalchemy.text("create table peer.stage (like peer.client)"))
    query = sqlalchemy.text("select * from in_tables.in_client")
    for chunk in pandas.read_sql(query, reading, chunksize=50_000):
        chunk.to_sql(
            "stage",
            writing,
            schema="peer",
            if_exists="append",
            index=False,
            method="multi",
            chunksize=1000,
            dtype=TYPES,
        )
    columns = list(chunk.columns)
    updates = ", ".join(f"{column} = excluded.{column}" for column in columns if column != "in_id")
    writing.execute(
        sqlalchemy.text(
            f"insert into peer.client ({', '.join(columns)}) select {', '.join(columns)} from peer.stage "
            f"on conflict (in_id) do update set {updates}"
        )
    )
    writing.execute(sqlalchemy.text("drop table peer.stage"))
