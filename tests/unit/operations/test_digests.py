"""What of two lists of tables differs, for people."""

from etl.operations.digests import TableDigest, differences


def table(name: str, rows: int | None = 1, digest: str | None = "1") -> TableDigest:
    return TableDigest(schema_name="s", table=name, rows=rows, digest=digest)


def test_equal_tables() -> None:
    assert differences([table("a"), table("b", None, None)], [table("a"), table("b", None, None), table("more")]) == []


def test_each_difference_is_named() -> None:
    expected = [table("a"), table("b", 2_000), table("c"), table("d")]
    found = [table("b", 3), table("c", 1, "2"), table("d", 1, "2")]
    assert differences(expected, found, changed=["d"]) == [
        "s.a is missing",
        "s.b has 3 rows instead of 2,000",
        "s.c has other values in its 1 rows",
    ]
