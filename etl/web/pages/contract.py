"""Contract: what a partner needs to give data: guide, SQL, Excel template, schemas; as files."""

import io
import zipfile
from functools import lru_cache
from typing import Final

from etl.contract import Terms, contract_files
from etl.ddl.privileges import partner_script
from etl.engine import Runtime
from etl.errors import ConfigurationError
from etl.quoting import fold
from etl.web.pages.frame import CompanyPage, framed
from etl.web.problems import not_found
from etl.web.requests import Attachment, Model, PageRequest

PACK: Final = "contract.zip"
# Zip files have times; the same contract is the same bytes.
_TIME: Final = (1980, 1, 1, 0, 0, 0)


class ContractFile(Model):
    """A file of the pack. `topic`: a key of the texts that says what it is for."""

    path: str
    bytes: int
    topic: str


class Contract(CompanyPage):
    """`files` in the order of their paths."""

    files: tuple[ContractFile, ...]
    in_schema: str
    objects: int


def page(request: PageRequest) -> Contract:
    """The files of the contract of this company, by its metadata and settings of now."""
    found = files_of(request.runtime)
    return Contract(
        **framed(request),
        files=tuple(ContractFile(path=path, bytes=len(found[path]), topic=_topic(path)) for path in sorted(found)),
        in_schema=request.runtime.in_schema,
        objects=sum(one.carries_data for one in request.runtime.company.objects),
    )


def file(request: PageRequest) -> Attachment:
    """One file, or all of them as a zip file. A path is only looked up in the list of files."""
    found, path = files_of(request.runtime), request.path["path"]
    if path == PACK:
        return Attachment(f"{request.company}-{PACK}", _zipped(found), "application/zip")
    if path not in found:
        raise not_found()
    return Attachment(path.rpartition("/")[2], found[path])


def files_of(runtime: Runtime) -> dict[str, bytes]:
    """The files; without the Excel template where its package is missing."""
    return _files(_Key(runtime))


class _Key:
    """The settings and metadata of a runtime: one that is read again is another one."""

    def __init__(self, runtime: Runtime) -> None:
        self.settings, self.company = runtime.settings, runtime.company

    def __hash__(self) -> int:
        return hash((id(self.settings), id(self.company)))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and self.settings is other.settings and self.company is other.company


@lru_cache(maxsize=8)
def _files(key: _Key) -> dict[str, bytes]:
    terms = Terms.of(key.settings, key.company)
    role = fold(f"{key.company.code}_partner")
    grants = partner_script(key.company, terms.in_schema, role).text + "\n"
    try:
        return contract_files(key.company, terms, grants=grants)
    except ConfigurationError:
        return contract_files(key.company, terms, grants=grants, with_excel=False)


def _topic(path: str) -> str:
    if path.startswith("guide."):
        return "guide"
    if path.endswith(".schema.json"):
        return "schema"
    return {"template.xlsx": "template", "grants.sql": "grants", "check.sql": "check"}.get(
        path, "ddl" if path.startswith("ddl/") else "other"
    )


def _zipped(files: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in sorted(files.items()):
            info = zipfile.ZipInfo(path, _TIME)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    return target.getvalue()
