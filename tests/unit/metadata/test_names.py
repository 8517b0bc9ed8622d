from datetime import date

import pytest

from etl.metadata import names


def test_derived_names() -> None:
    assert names.in_table("For_migration") == "in_For_migration"
    assert names.in_link_table("NaturalClaim", "Natural") == "in_NaturalClaim_Natural"
    assert names.in_link_table("Contracts", "Borrower", "Legal_client") == "in_Contracts_Borrower_Legal_client"
    assert names.store_schema("NIT3_1") == "store_nit3_1"
    assert names.store_table("Client") == "bo_Client"
    assert names.store_link_table("Client", "Address") == "link_Client_Address"
    assert names.out_schema("Jusan", "1", "8") == "out_jusan_1_8"
    assert names.out_table("Client") == "Client"
    assert names.out_link_table("Course", "Teacher") == "_Course_Teacher_"


@pytest.mark.parametrize(
    ("bo", "field", "columns"),
    [
        ("Contracts", "Borrower", ("Contracts_id", "Borrower_id")),
        ("Person", "Person", ("Person_id", "Person_id_2")),
        ("Person", "PERSON", ("Person_id", "PERSON_id_2")),
    ],
)
def test_link_columns(bo: str, field: str, columns: tuple[str, str]) -> None:
    assert names.link_columns(bo, field) == columns


DAY = date(2024, 12, 26)


@pytest.mark.parametrize("table", ["in_NaturalPerson", "i" * 47])
def test_a_copy_has_the_days_name(table: str) -> None:
    assert names.copy_table(DAY, table) == f"copy_2024_12_26_{table}"


def test_a_copy_of_a_long_name_is_shortened_and_stays_unique() -> None:
    long, other = f"in_{'A' * 50}_x", f"in_{'A' * 50}_y"
    assert names.copy_table(DAY, long) == f"copy_2024_12_26_in_{'A' * 35}_09d5ced7"
    assert names.copy_table(DAY, long) != names.copy_table(DAY, other)
    assert names.copy_table(DAY, long.lower()) == names.copy_table(DAY, long).lower()
    assert len(names.copy_table(DAY, other)) == 63
