"""What the server calls its own fault: known ones belong to a class of their own, all others are damage."""

import psycopg
import pytest

from etl.database.faults import translate
from etl.errors import EtlError, TransientFault


def internal(text: str) -> EtlError:
    return translate(psycopg.errors.lookup("XX000")(text), "at home")


@pytest.mark.parametrize(
    ("text", "sqlstate"),
    [
        ("tuple concurrently updated", "40001"),
        ("tuple concurrently deleted", "40001"),
        ("cache lookup failed for relation 16384", "42P01"),
        ("could not open relation with OID 16384", "42P01"),
        ("invalid memory alloc request size 1073741824", "54000"),
    ],
)
def test_a_known_one_is_what_it_is(text: str, sqlstate: str) -> None:
    fault = internal(text)
    assert (fault.sqlstate, fault.server_message) == (sqlstate, text)
    assert isinstance(fault, TransientFault) == (sqlstate == "40001")
    assert not fault.is_damage
    assert "data directory" not in str(fault)


@pytest.mark.parametrize(
    ("text", "sqlstate"),
    [
        ("too many notifications in the NOTIFY queue", "53N01"),
        ("stack depth limit exceeded", "54000"),
        ("target lists can have at most 1664 entries", "54000"),
    ],
)
def test_a_full_notify_queue_is_no_limit_that_rows_exceed(text: str, sqlstate: str) -> None:
    fault = translate(psycopg.errors.lookup("54000")(text), "at home")
    assert (fault.sqlstate, fault.server_message) == (sqlstate, text)
    assert ("LISTENs" in str(fault)) == (sqlstate == "53N01")


def test_any_other_calls_a_person() -> None:
    fault = internal("unexpected table_lock_tuple status: 4")
    assert fault.is_damage
    assert not isinstance(fault, TransientFault)
    assert str(fault).endswith("see its log; if it repeats, copy its data directory first")
