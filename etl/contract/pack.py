"""Makes all files of a contract, and writes them into a folder."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from etl import ddl
from etl.contract.checks import check_sql
from etl.contract.comparing import compare_scripts
from etl.contract.guide import guide_of
from etl.contract.kafka import kafka_files
from etl.contract.markdown import guide_markdown
from etl.contract.page import guide_page
from etl.contract.row_schema import row_schemas
from etl.contract.samples import in_tables
from etl.contract.terms import Terms
from etl.contract.wording import LANGUAGES
from etl.contract.workbook import workbook
from etl.ddl import Direction
from etl.errors import ConfigurationError
from etl.metadata import Company, names
from etl.metadata.out_structure import OutStructure


def contract_files(company: Company, terms: Terms, *, grants: str, with_excel: bool = True) -> dict[str, bytes]:
    """Path in the folder -> content; the same metadata and terms always give the same bytes.

    `grants` is the text of grants.sql. Raises ConfigurationError when the package for Excel files is missing.
    """
    guide = guide_of(company, terms)
    texts = {"ddl/in.sql": _in_ddl(company, terms), "ddl/out.sql": _out_ddl(company, terms)}
    texts |= {"grants.sql": grants, "check.sql": check_sql(company, terms)}
    texts |= compare_scripts(company, terms)
    for language in LANGUAGES:
        texts[f"guide.{language}.md"] = guide_markdown(guide, language)
        texts[f"guide.{language}.html"] = guide_page(guide, language)
    for table, schema in row_schemas(company, terms).items():
        texts[f"schemas/{table}.schema.json"] = json.dumps(schema, ensure_ascii=False, indent=2) + "\n"
    texts |= kafka_files(company, terms)
    files = {path: text.encode() for path, text in texts.items()}
    return files | ({"template.xlsx": workbook(company)} if with_excel and in_tables(company) else {})


def write_files(files: Mapping[str, bytes], folder: Path) -> None:
    """Writes the files below the folder, which is made if it is missing; other files stay.

    Raises ConfigurationError when that is not possible.
    """
    try:
        for path, content in files.items():
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
    except OSError as error:
        raise ConfigurationError(f"{error.filename or folder} cannot be written: {error.strerror}") from error


def _in_ddl(company: Company, terms: Terms) -> str:
    schemas = {"in_schema": terms.in_schema, "out_schema": terms.out_schema}
    return _printed(ddl.statements(company, Direction.IN, store_schema=names.store_schema(company.code), **schemas))


def _out_ddl(company: Company, terms: Terms) -> str:
    structure = OutStructure.of(company, kept=terms.kept_states)
    made = [change for table in ddl.out_tables(structure, terms.out_schema) for change in table.changes]
    return _printed([*made, *ddl.reader_objects(structure, terms.out_schema)])


def _printed(changes: Iterable[ddl.TableChange]) -> str:
    return "".join(change.sql + "\n\n" for change in changes).rstrip("\n") + "\n"
