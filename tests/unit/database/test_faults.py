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
    assert str(fault).endswith("looks for damage; if it repeats, copy its data directory first")


@pytest.mark.parametrize(
    ("said", "sqlstate", "advice"),
    [
        ('FATAL:  database "nowhere" does not exist', "", "create the database or correct dbName"),
        ('FATAL:  permission denied for database "d"', "", "grant connect on it to the engine's role"),
        ('FATAL:  role "me" is not permitted to log in', "28000", "alter the role: login"),
        ('FATAL:  role "stranger" does not exist', "", "correct username and password"),
        ('FATAL:  no pg_hba.conf entry for host "::1"', "28000", "allow the role in pg_hba.conf or correct username"),
        ("fe_sendauth: no password supplied", "28P01", "correct username and password"),
        ('could not translate host name "h" to address', "", "start the server or correct host and port"),
        (
            'connection to server at "h" failed: Connection refused\n\tIs the server running on that host?',
            "",
            "start the server or correct host and port",
        ),
        ("connection timeout expired", "", "start the server or correct host and port"),
    ],
)
def test_a_refused_connection_is_a_sentence_alone(said: str, sqlstate: str, advice: str) -> None:
    fault = translate(psycopg.OperationalError(said), "at home")
    assert not isinstance(fault, TransientFault)
    assert (fault.sqlstate, fault.server_message) == (sqlstate, said.splitlines()[0])
    assert str(fault) == f"PostgreSQL at home: {said.splitlines()[0]}: {advice}"


def test_where_a_wrong_password_came_from_is_said() -> None:
    said = 'FATAL:  password authentication failed for user "me"\npassword retrieved from file "/root/.pgpass"'
    fault = translate(psycopg.OperationalError(said), "at home")
    assert fault.server_message == (
        'FATAL:  password authentication failed for user "me" (password retrieved from file "/root/.pgpass")'
    )


def test_a_lost_connection_without_a_word() -> None:
    fault = translate(psycopg.OperationalError(""), "at home")
    assert isinstance(fault, TransientFault)
    assert str(fault) == "PostgreSQL at home: OperationalError"
