"""Whether a backup fits the configuration that it is restored into; nothing is asked of a server."""

from collections.abc import Sequence
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

import pytest

from etl.errors import ConfigurationError
from etl.operations.backup.manifest import Dump, File, Manifest, Server
from etl.operations.digests import TableDigest
from etl.operations.installation import Installation
from etl.operations.restore.restore import _adjusting, _refuse_unfit


def dump(name: str, database: str = "import", *schemas: str, tables: Sequence[str] = ()) -> Dump:
    return Dump(
        name=name,
        database=database,
        file=File(path=f"{name}.dump", size=1, sha256=""),
        schemas=schemas or ("in_tables",),
        tables=tuple(TableDigest(schema_name=schemas[0], table=one, rows=1) for one in tables),
        parts=(),
        roles=(),
        server=Server(
            version_number=180_000,
            version="18",
            encoding="UTF8",
            collate="C",
            character_type="C",
            collation_version=None,
        ),
    )


def manifest(*dumps: Dump) -> Manifest:
    values: dict[str, Any] = {"format": 1, "backup_id": "7", "company": "demo", "made_by": "0.1", "programs": 18}
    at = datetime(2026, 11, 1, tzinfo=UTC)
    return Manifest(**values, taken_at=at, dumps=dumps, configuration=(), left_out=())


def installation(*, has_own_out: bool = False, company: str = "demo", in_schema: str = "in_tables") -> Installation:
    """All that the checks ask for."""
    names = {"company": SimpleNamespace(code=company), "in_schema": in_schema, "has_own_out": has_own_out}
    return cast(Installation, SimpleNamespace(runtime=SimpleNamespace(**names)))


BESIDE = manifest(dump("import"), dump("store", "import", "store_demo"), dump("out", "import", "out_demo"))
APART = manifest(dump("import"), dump("store", "import", "store_demo"), dump("out", "out", "store_demo"))


def refused(into: Installation, of: Manifest, *only: str) -> str:
    chosen = [one for one in of.dumps if not only or one.name in only]
    with pytest.raises(ConfigurationError) as caught:
        _refuse_unfit(into, of, chosen, only, ())
    return str(caught.value)


def test_what_does_not_fit_says_what_to_do() -> None:
    assert "the backup is of company demo, and the configuration is of crm" in refused(
        installation(company="crm"), BESIDE
    )
    assert refused(installation(), BESIDE, "web") == "the backup has no dump web: it has import, store, out"
    others = "or leave them out by --only import --only store, and `etl out build`"
    text = refused(installation(has_own_out=True), BESIDE)
    assert "are in the store's, and the configuration puts them into a database of their own: configure" in text
    assert others in text
    text = refused(installation(), APART)
    assert "are in a database of their own, and the configuration puts them into the store's: configure" in text
    assert others in text
    assert "are in the schema in_tables, and the configuration says In_Crm: set schemaName as it was" in refused(
        installation(in_schema="In_Crm"), BESIDE
    )


@pytest.mark.parametrize(
    ("into", "of", "only"),
    [
        (installation(), BESIDE, ()),
        (installation(has_own_out=True), APART, ()),
        (installation(has_own_out=True), BESIDE, ("import", "store")),
        (installation(has_own_out=True), manifest(dump("import")), ()),
        (installation(in_schema="IN_TABLES"), BESIDE, ("import",)),
    ],
)
def test_what_fits(into: Installation, of: Manifest, only: tuple[str, ...]) -> None:
    _refuse_unfit(into, of, [one for one in of.dumps if not only or one.name in only], only, ())


def test_mirrors_of_another_database_are_forgotten_by_the_store() -> None:
    """Tables that the backup does not have are not touched."""
    store = dump("store", "import", "store_demo", tables=["etl_schema", "hold"])
    beside = _adjusting(store, manifest(dump("import"), store), "store_demo")
    assert beside.count(";") == 2
    apart = _adjusting(store, manifest(dump("import"), store, dump("out", "out", "store_demo")), "store_demo")
    assert apart.startswith(beside)
    assert "out_version" in apart.removeprefix(beside)
