"""Which texts of a configuration tree are a company's documents: `companies/<code>/business-objects/*.yaml`."""

from collections.abc import Mapping
from pathlib import PurePosixPath

from etl.errors import ConfigurationError, MetadataError, Problem
from etl.metadata.draft import read_draft
from etl.metadata.names import CODE_RULE, is_code
from etl.quoting import shown

_FOLDER = "business-objects"


def company_documents(code: str, texts: Mapping[str, str], *, origin: str) -> dict[str, str]:
    """The documents of one company among all texts of a tree (path -> text), as `parse_company` takes them.

    `origin` is the URL of the tree, for errors. Raises ConfigurationError when there are none, and MetadataError for
    a text that looks like a document but would be passed over for its name. Other texts beside them are ignored.
    """
    if not is_code(code):
        raise MetadataError(f"{shown(code)} is not a company code: {CODE_RULE}")
    folder = PurePosixPath("companies", code, _FOLDER)
    inside = {path: text for path, text in texts.items() if PurePosixPath(path).parent == folder}
    odd = sorted(path for path in inside if path.endswith((".yml", ".YAML", ".YML")))
    if odd:
        raise MetadataError(*(Problem("the name of a document ends in .yaml: rename it", path) for path in odd))
    documents = {path: text for path, text in inside.items() if path.endswith(".yaml")}
    if not documents:
        raise ConfigurationError(f"{origin} has no business objects for company {code}: add {folder}/<code>.yaml")
    return documents


def companies(texts: Mapping[str, str]) -> list[str]:
    """The codes of all companies that have a folder of business objects, sorted."""
    parts = (PurePosixPath(path).parts for path in texts)
    return sorted({part[1] for part in parts if len(part) == 4 and part[0] == "companies" and part[2] == _FOLDER})


def with_document(documents: Mapping[str, str], text: str) -> dict[str, str]:
    """A company's documents with another one: that of its code is replaced, or it is added. Never raises: what is
    faulty, `parse_company` refuses."""
    folder = next(iter(PurePosixPath(path).parent for path in documents), PurePosixPath(_FOLDER))
    draft = read_draft(str(folder / "document.yaml"), text)
    name = draft.object.code if draft.object else draft.stem
    return dict(documents) | {str(folder / f"{name}.yaml"): text}


def without_document(documents: Mapping[str, str], code: str) -> dict[str, str]:
    """A company's documents without that of an object. Raises MetadataError where there is none."""
    left = {path: text for path, text in documents.items() if PurePosixPath(path).stem != code}
    if len(left) == len(documents):
        raise MetadataError(f"there is no document {shown(code)}.yaml: choose another one")
    return left
