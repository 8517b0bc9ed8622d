"""A company whose in_ table has a column of every kind, and how files are filled into it."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from etl.cli import etl
from etl.errors import EtlError
from tests.fix_company import Ended, MakeSite, Row, Site

_IN = "needLoadFromInTables: true, needUploadToOutTable: true"
DOCUMENTS = {
    "Client": f"""
code: Client
orderIndex: 1
fields:
  - {{code: Name, type: INPUT_TEXT, {_IN}}}
  - {{code: Amount, type: INPUT_NUMBER, {_IN}}}
  - {{code: Born, type: DATE, inMigrationTimezoneMinutes: -300, {_IN}}}
  - {{code: Seen, type: FULL_DATE, {_IN}}}
  - {{code: Month, type: YEAR_AND_MONTH, {_IN}}}
  - {{code: Active, type: CHECKBOX, {_IN}}}
  - {{code: Kind, type: RADIO_BUTTON_GROUP, options: [{{code: new}}, {{code: old}}], {_IN}}}
  - {{code: Photo, type: FILE_UPLOAD, {_IN}}}
""",
    "Claim": f"""
code: Claim
orderIndex: 2
fields:
  - {{code: Title, type: INPUT_TEXT, {_IN}}}
  - {{code: Client, type: BO, bo: Client, viewType: SINGLE, {_IN}}}
""",
}


@dataclass
class SqlClient:
    """Where files are written and filled."""

    site: Site
    folder: Path

    def write(self, name: str, content: str | bytes) -> Path:
        path = self.folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def etl(self, *arguments: object) -> Ended:
        """The command inside this process, which has imported pyarrow already."""
        environ = {**self.site.environ, "ETL_CONFIG": self.site.url}
        words = [str(one) for one in arguments]
        done = CliRunner().invoke(etl, words, env=environ, standalone_mode=False)
        match done.exception:
            case None:
                return Ended(done.exit_code, done.stdout, done.stderr)
            case SystemExit():
                return Ended(done.exit_code, done.stdout, done.stderr)
            case EtlError() as error:
                return Ended(error.exit_code, done.stdout, str(error))
            case click.ClickException() as error:
                return Ended(error.exit_code, done.stdout, error.message)
            case error:
                raise error

    def fill(self, *arguments: object, code: int = 0) -> Any:
        """What `etl fill --json` says of each file."""
        done = self.etl("fill", "--json", *arguments)
        assert (done.code, done.err) == (code, "")
        return json.loads(done.out)["files"]

    def export(self, *arguments: object) -> Any:
        """What `etl export --json` says."""
        done = self.etl("export", "--json", *arguments)
        assert (done.code, done.err) == (0, "")
        return json.loads(done.out)

    def refused(self, command: str, *arguments: object, code: int = 2) -> str:
        """What a command says that does nothing."""
        done = self.etl(command, *arguments)
        assert (done.code, done.out) == (code, ""), done.err
        return done.err

    def rows(self, columns: str, table: str = "in_Client", order: str = "id") -> list[tuple[Any, ...]]:
        found: list[Row] = self.site.partner(f"select {columns} from {table} order by {order}")
        return [tuple(row.values()) for row in found]


@pytest.fixture
def client(make_site: MakeSite, tmp_path: Path) -> SqlClient:
    folder = tmp_path / "files"
    folder.mkdir()
    return SqlClient(make_site(DOCUMENTS), folder)
