"""The demo's environment: a configuration of its own, a database of its own, both created again at each call.

<home of etl>/demo/
    lock      held by the demo that plays
    config/   the samples of zk_config with the demo's values, and the five business objects
"""

import fcntl
import os
import re
import shlex
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from etl import ddl
from etl.config import Clash, etl_home, open_source, transfer
from etl.database import SqlTemplates, execute, fetch_all, transaction
from etl.embedded import packaged_binaries
from etl.engine import Runtime, open_runtime
from etl.errors import EnvironmentFault, MarkerHeld
from etl.resources import folder

COMPANY = "demo"
DATABASE = "etl_demo"

_sql = SqlTemplates(__package__)

_DOCUMENTS = Path(__file__).parent / "business-objects"
_VALUES = {
    "configs/InMigrationPostgresConfig.txt": {"dbName": DATABASE, "hasInMigration": "true"},
    "configs/OutMigrationPostgresConfig.txt": {"hasOutMigration": "true"},
    "configs/InMigrationConfig.txt": {"companyCode": COMPANY},
}
# The only variable that could change the demo's tables.
_IGNORED = "MYBPM_OUT_MIGRATION_VERSION"


@dataclass(frozen=True)
class Stage:
    """An open configuration with empty in_ tables. `psql` is the line that connects to it while the server runs;
    `environ` are the variables that count in it."""

    runtime: Runtime
    config: Path
    psql: str
    tables: int
    environ: Mapping[str, str] = field(repr=False)

    @property
    def in_tables(self) -> tuple[str, ...]:
        """The tables that a partner fills, objects before links."""
        return self.runtime.company.in_tables()

    @property
    def schemas(self) -> dict[str, str]:
        return {
            "in_schema": self.runtime.in_schema,
            "store_schema": self.runtime.store.schema,
            "out_schema": self.runtime.out_version.schema,
        }


@contextmanager
def open_stage(
    environ: Mapping[str, str] = os.environ,
    further: Mapping[str, Mapping[str, str]] = MappingProxyType({}),
    *,
    has_in_tables: bool = True,
) -> Iterator[Stage]:
    """The demo's configuration and database, empty, for the time of a `with` block. `further`: values of texts of the
    configuration beside the demo's own.

    Raises MarkerHeld while another demo plays in the same home, ConfigurationError when the embedded server is not
    installed, EnvironmentFault when it or the folder cannot be used.
    """
    home = etl_home(environ) / "demo"
    with _alone(home):
        config = home / "config"
        _write_configuration(config, further)
        mine = {name: value for name, value in environ.items() if name != _IGNORED}
        with open_runtime(f"file:{config}", None, mine) as runtime:
            _clear(runtime)
            tables = _make_in_tables(runtime) if has_in_tables else 0
            yield Stage(runtime, config, _psql(runtime), tables, mine)


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    try:
        home.mkdir(parents=True, exist_ok=True)
        lock = os.open(home / "lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise EnvironmentFault(f"the demo cannot use its folder {home}: {error.strerror}") from error
    try:
        _take(lock, home)
        yield
    finally:
        os.close(lock)


def _take(lock: int, home: Path) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise MarkerHeld(f"another `etl demo` plays in {home}: wait until it ends") from None


def _write_configuration(config: Path, further: Mapping[str, Mapping[str, str]]) -> None:
    try:
        if config.exists():
            shutil.rmtree(config)
    except OSError as error:
        raise EnvironmentFault(f"{config} cannot be created again: {error.strerror}") from error
    with open_source(f"file:{folder('zk_config')}") as samples:
        texts = samples.snapshot().contents
    with open_source(f"file:{config}") as target:
        transfer(configuration(texts, further), target, Clash.REPLACE)


def configuration(
    samples: Mapping[str, str], further: Mapping[str, Mapping[str, str]] = MappingProxyType({})
) -> dict[str, str]:
    """The sample texts with the demo's values in them, and its business objects."""
    texts = dict(samples)
    for path, values in (_VALUES | dict(further)).items():
        for key, value in values.items():
            texts[path] = re.sub(rf"(?m)^{key}=.*$", f"{key}={value}", texts[path])
    for document in sorted(_DOCUMENTS.glob("*.yaml")):
        texts[f"companies/{COMPANY}/business-objects/{document.name}"] = document.read_text(encoding="utf-8")
    return texts


def _clear(runtime: Runtime) -> None:
    prefix = f"out_{COMPANY}_"
    values = {"in_schema": runtime.in_schema, "store_schema": runtime.store.schema, "out_prefix": prefix}
    with transaction(runtime.engine, client_min_messages="warning") as connection:
        for row in fetch_all(connection, _sql("own_schemas"), values):
            execute(connection, _sql("drop_schema", schema=row.schema))


def _make_in_tables(runtime: Runtime) -> int:
    """As `etl generate-ddl --direction in --apply` does; the run makes the other tables itself."""
    schemas = {"store_schema": runtime.store.schema, "out_schema": runtime.out_version.schema}
    with transaction(runtime.engine) as connection:
        changes = ddl.bring_up(connection, runtime.company, "in", in_schema=runtime.in_schema, **schemas)
    return sum(change.description.startswith("create table") for change in changes)


def _psql(runtime: Runtime) -> str:
    with transaction(runtime.engine) as connection:
        [server] = fetch_all(connection, _sql("socket_folder"))
    # Without a psql of the system the one of the wheel.
    program = "psql" if shutil.which("psql") else str(packaged_binaries() / "psql")
    options = ["-h", server.folder, "-p", server.port, "-U", server.username, server.database]
    return shlex.join([program, *options])
