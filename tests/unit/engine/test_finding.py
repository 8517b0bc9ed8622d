"""Which object a name on the command line means."""

import pytest

from etl.engine.instances.finding import find_object
from etl.errors import ConfigurationError
from tests.contracts import company


@pytest.mark.parametrize("name", ["Keyed", "keyed", "in_Keyed", "IN_KEYED"])
def test_an_object_is_named_by_its_code_or_table(name: str) -> None:
    assert find_object(company(), name).code == "Keyed"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("in_Parties", "Parties is a .* and has no rows: name a business object"),
        ("in_Partiess", r"in_Partiess is no table of a business object; did you mean in_Person\?"),
        ("in_Keyd", r"in_Keyd is no table of a business object; did you mean in_Keyed\?"),
    ],
)
def test_another_name_is_refused(name: str, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        find_object(company(), name)
