"""The real data of openflights.org, and a partner who loads them by COPY."""

import gzip
import os
from collections.abc import Mapping
from pathlib import Path

import psycopg

from tests.cases.case import FOLDER as CASES
from tests.fix_company import Partner

_DATA = Path(__file__).parents[1] / "data/openflights"


def content(name: str) -> bytes:
    """One file of the data, e.g. `airports`; `ETL_TEST_OPENFLIGHTS` names a folder of others (`airports.dat`)."""
    other = os.environ.get("ETL_TEST_OPENFLIGHTS")
    if other:
        return (Path(other) / f"{name}.dat").read_bytes()
    return gzip.decompress((_DATA / f"{name}.dat.gz").read_bytes())


_STAGING = """
create schema staging;
create table staging.countries (name text, iso text, dafif text);
create table staging.airports (id text, name text, city text, country text, iata text, icao text, latitude numeric,
    longitude numeric, altitude numeric, timezone text, dst text, tz text, kind text, source text);
create table staging.airlines (id text, name text, alias text, iata text, icao text, callsign text, country text,
    active text);
create table staging.routes (airline_code text, airline text, source_code text, source text, destination_code text,
    destination text, codeshare text, stops numeric, equipment text, line bigserial);
"""

# A country stands twice under two codes; its in_id is its name, so the partner hands over one of them.
_INSERTS = """
insert into in_Country (in_id, Iso, Dafif)
select distinct on (name) name, iso, dafif from staging.countries order by name, iso;

insert into in_Airport (in_id, Name, City, Iata, Icao, Latitude, Longitude, Altitude, Kind)
select id, name, city, iata, icao, latitude, longitude, altitude, kind from staging.airports;

insert into in_Airport_Country (Airport_id, Country_id)
select id, country from staging.airports where country is not null;

insert into in_Airline (in_id, Name, Iata, Icao, Callsign, Active)
select id, name, iata, icao, callsign, upper(active) = 'Y' from staging.airlines;

insert into in_Route (in_id, Codeshare, Stops, Equipment)
select line, codeshare = 'Y', stops, equipment from staging.routes;

insert into in_Route_Airline (Route_id, Airline_id)
select line, airline from staging.routes where airline is not null;

insert into in_Route_Source (Route_id, Source_id)
select line, source from staging.routes where source is not null;

insert into in_Route_Destination (Route_id, Destination_id)
select line, destination from staging.routes where destination is not null;
"""

_TABLES = (
    "in_Country, in_Airport, in_Airport_Country, in_Airline, in_Route, in_Route_Airline, in_Route_Source, "
    "in_Route_Destination"
)

MISSING_AIRPORTS = """
select source as id from staging.routes where source not in (select id from staging.airports)
union
select destination from staging.routes where destination not in (select id from staging.airports)
"""


def documents() -> Mapping[str, str]:
    """Code -> YAML of the four business objects."""
    folder = CASES / "openflights/business-objects"
    return {path.stem: path.read_text() for path in sorted(folder.glob("*.yaml"))}


def stage(partner: Partner) -> None:
    """COPYs the four files as they are into tables of the partner's own."""
    partner(_STAGING)
    for name in ("countries", "airports", "airlines", "routes"):
        columns = _columns(partner, name)
        command = f"copy staging.{name} ({columns}) from stdin (format csv, null '\\N', escape '\\')"
        with partner.session.cursor() as cursor, cursor.copy(command) as copy:
            copy.write(content(name))


def deliver(partner: Partner) -> None:
    """Everything again: the in_ tables are emptied and filled in one transaction."""
    with partner.session.transaction():
        partner(f"truncate {_TABLES}")
        partner(_INSERTS)


def deliver_missing_airports(partner: Partner) -> int:
    """The airports that routes name and airports.dat lacks arrive, under their ids; returns how many."""
    partner("truncate in_Airport, in_Airport_Country")
    partner(f"insert into in_Airport (in_id, Name) select id, 'Airport ' || id from ({MISSING_AIRPORTS}) missing")
    [row] = partner("select count(*) as n from in_Airport")
    return int(row["n"])


def _columns(partner: Partner, table: str) -> str:
    cursor: psycopg.Cursor[dict[str, str]] = partner.session.execute(
        "select string_agg(column_name, ', ' order by ordinal_position) as names from information_schema.columns "
        "where table_schema = 'staging' and table_name = %s and column_name <> 'line'",
        [table],
    )
    [row] = cursor.fetchall()
    return row["names"]
