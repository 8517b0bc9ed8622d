"""Short ways to say a document and to hear what is wrong with it."""

import pytest

from etl.errors import MetadataError, Problem
from etl.metadata import Company, parse_company
from etl.metadata.field import Field

FOLDER = "companies/demo/business-objects"


def company(**documents: str) -> Company:
    return parse_company("demo", {f"{FOLDER}/{code}.yaml": text for code, text in documents.items()})


def problems(**documents: str) -> tuple[Problem, ...]:
    with pytest.raises(MetadataError) as caught:
        company(**documents)
    return caught.value.problems


def one_field(body: str, **more: str) -> tuple[Problem, ...]:
    """The problems of `Client` with one field, on line 4 of its document."""
    return problems(Client=f"code: Client\ncategory: BO\nfields:\n  - {{{body}}}\n", **more)


def field(**keys: object) -> Field:
    return Field.model_validate(keys)
