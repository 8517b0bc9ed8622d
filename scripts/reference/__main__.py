"""Writes all pages; the one of the tables from the databases of a server of its own."""

import os
import tempfile
from pathlib import Path

from etl.config import open_source
from etl.engine import open_runtime
from scripts.reference.business_object import PAGE, business_object
from scripts.reference.pages import FOLDER, pages
from scripts.reference.tables import COMPANY, DOCUMENTS, make_all, tables

# Three databases, so that there is a mirror.
_CONFIGURATION = {
    "configs/InMigrationPostgresConfig.txt": "hasInMigration=true\ndbName=import\n",
    "configs/StorePostgresConfig.txt": "dbName=store\n",
    "configs/OutMigrationPostgresConfig.txt": "hasOutMigration=true\ndbName=out\n",
}


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for name, text in {**pages(), "tables.md": _tables()}.items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    PAGE.write_text(business_object(PAGE.read_text(encoding="utf-8")), encoding="utf-8")


def _tables() -> str:
    with tempfile.TemporaryDirectory() as home:
        # For the sessions of the embedded server, which read it from the environment.
        os.environ["ETL_HOME"] = home
        url = f"file:{Path(home) / 'config'}"
        documents = {f"companies/{COMPANY}/business-objects/{name}.yaml": text for name, text in DOCUMENTS.items()}
        with open_source(url) as source:
            for path, text in {**_CONFIGURATION, **documents}.items():
                source.write(path, text)
        with open_runtime(url, COMPANY) as runtime:
            make_all(runtime)
            return tables(runtime)


main()
