"""The unit of work as metadata: two business objects of 8 and 6 fields and one link table; and its configuration."""

import os
from dataclasses import dataclass
from pathlib import Path

CODE = "bench"
STORE = "store_bench"
OUT = "out_bench_1_1"

_FLAGS = "needLoadFromInTables: true, needUploadToOutTable: true"
_DOCUMENTS = {
    "Client": f"""
code: Client
orderIndex: 1
fields:
  - {{code: Surname, type: INPUT_TEXT, {_FLAGS}}}
  - {{code: Name, type: INPUT_TEXT, {_FLAGS}}}
  - {{code: Patronymic, type: INPUT_TEXT, {_FLAGS}}}
  - {{code: Email, type: INPUT_TEXT, {_FLAGS}}}
  - {{code: Balance, type: INPUT_NUMBER, {_FLAGS}}}
  - {{code: Credit_limit, type: INPUT_NUMBER, {_FLAGS}}}
  - {{code: Born_at, type: FULL_DATE, {_FLAGS}}}
  - {{code: Vip, type: CHECKBOX, {_FLAGS}}}
  - {{code: Address, type: BO, bo: Address, {_FLAGS}}}
""",
    "Address": f"""
code: Address
orderIndex: 2
fields:
  - {{code: Country, type: INPUT_TEXT, {_FLAGS}}}
  - {{code: City, type: INPUT_TEXT, {_FLAGS}}}
  - {{code: Street, type: INPUT_TEXT, {_FLAGS}}}
  - {{code: House, type: INPUT_TEXT, {_FLAGS}}}
  - {{code: Flat, type: INPUT_TEXT, {_FLAGS}}}
  - {{code: Zip, type: INPUT_TEXT, {_FLAGS}}}
""",
}


@dataclass(frozen=True)
class Place:
    """Where the engine finds a database: a socket's folder, a port, a name, and whose tables they are."""

    host: str
    port: int
    database: str
    username: str

    @property
    def lines(self) -> str:
        """The keys of a …PostgresConfig.txt."""
        return f"host={self.host}\nport={self.port}\ndbName={self.database}\nusername={self.username}\n"


def configure(
    tree: Path, import_place: Place, *, store: str = "", out: str = "", workers: int = 1, copies: bool = False
) -> None:
    """Writes the configuration of one contestant. `store` and `out` name further databases of the same server.

    The day's copies are off unless they are asked for: the floor makes none. BENCH_SETTINGS="chunkRows=100000" in the
    environment tries out other keys of configs/InMigrationConfig.txt.
    """
    settings = [
        f"companyCode={CODE}",
        f"copyTables={str(copies).lower()}",
        *os.environ.get("BENCH_SETTINGS", "").split(),
    ]
    texts = {
        "configs/InMigrationConfig.txt": "\n".join([*settings, ""]),
        "configs/InMigrationPostgresConfig.txt": import_place.lines + "hasInMigration=true\n",
        "configs/StorePostgresConfig.txt": f"dbName={store}\n",
        "configs/OutMigrationPostgresConfig.txt": f"dbName={out}\nhasOutMigration=true\n",
        "consumers/InMigration.workerCount": f"comeKafkaInMigration={workers}\n",
    }
    texts |= {f"companies/{CODE}/business-objects/{code}.yaml": text for code, text in _DOCUMENTS.items()}
    for path, text in texts.items():
        (tree / path).parent.mkdir(parents=True, exist_ok=True)
        (tree / path).write_text(text, encoding="utf-8")
