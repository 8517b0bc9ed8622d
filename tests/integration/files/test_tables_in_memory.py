"""`etl.api`: Arrow tables and data frames into in_ tables and back, with the checks of files."""

import subprocess
import sys
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from etl import api
from etl.errors import ConfigurationError, EnvironmentFault, RunStopped
from tests.documentation import CHECKOUT, blocks, business_objects
from tests.fix_company import CODE, MakeSite
from tests.integration.files.conftest import SqlClient

NAMES = ["", "NULL", "a\nb", '"', "\\N", "Й", "👩\u200d🚀", " x ", None]
ALMATY = timezone(timedelta(hours=5))


def test_values_come_back_as_they_were(client: SqlClient) -> None:
    seen = datetime(2024, 2, 29, 23, 59, 59, 999_999, tzinfo=ALMATY)
    data = pa.table({
        "in_id": [f"c-{n}" for n in range(len(NAMES))],
        "Name": NAMES,
        "Amount": [Decimal("99999999999999999999.9999"), None, *[Decimal("-0.0001")] * (len(NAMES) - 2)],
        "Seen": pa.array([seen, None] * 4 + [seen], pa.timestamp("us", "Asia/Almaty")),
        "Born": [date(1, 1, 2), date(9999, 12, 30), None] * 3,
        "Active": [True, False, None] * 3,
    })  # fmt: skip
    with client.site.runtime() as runtime:
        filled = api.fill_table(runtime, "Client", data.to_reader(max_chunksize=2))
        assert (filled.rows, filled.rejected, filled.rejects.num_rows) == (len(NAMES), 0, 0)
        local = [day and datetime(day.year, day.month, day.day, 5, tzinfo=UTC) for day in data["Born"].to_pylist()]
        assert [born for [born] in client.rows("Born")] == local
        api.hand_over(runtime)
        outcome = api.run_once(runtime)
        [receipt] = [one for one in api.receipts_table(outcome).to_pylist() if one["in_table"] == "in_Client"]
        assert (receipt["claimed"], receipt["created"]) == (len(NAMES), len(NAMES))
        assert api.receipts_table(api.read_status(runtime)) == api.receipts_table(outcome)
        read = api.read_table(runtime, "Client").sort_by("id")
        assert api.read_table(runtime, "claim").num_rows == 0
    assert read.schema.field("amount").type == pa.decimal128(24, 4)
    stored = {row["name"]: row for row in read.to_pylist()}
    assert set(stored) == set(NAMES)
    for row in data.to_pylist():
        kept = stored[row["Name"]]
        assert (kept["amount"], kept["active"]) == (row["Amount"], row["Active"])
        assert kept["seen"] == (row["Seen"] and row["Seen"].astimezone(UTC))
        assert (kept["born"] and kept["born"].date()) == row["Born"]


def test_rows_that_do_not_fit_come_back(client: SqlClient) -> None:
    data = pa.table({"in_id": ["c-1", "c-2", None], "Name": ["a", "", "c"], "Amount": ["1", "much", "3"]})
    with client.site.runtime() as runtime:
        checked = api.fill_table(runtime, "in_Client", data, only_checks=True)
        assert (checked.rows, checked.rejected, client.rows("in_id")) == (1, 2, [])
        filled = api.fill_table(runtime, "in_Client", data)
        found = filled.rejects.to_pylist()
        assert [(one["rejected_line"], one["in_id"], one["Name"], one["Amount"]) for one in found] == [
            ("2", "c-2", "", "much"),
            ("3", None, "c", "3"),
        ]
        corrected = filled.rejects.set_column(filled.rejects.schema.get_field_index("Amount"), "Amount", [["2", "3"]])
        again = api.fill_table(runtime, "in_Client", corrected)
        assert (again.rows, again.rejected) == (1, 1)
    assert client.rows("in_id, Name, Amount") == [("c-1", "a", Decimal(1)), ("c-2", "", Decimal(2))]


def test_what_is_refused(client: SqlClient) -> None:
    with client.site.runtime() as runtime:
        with pytest.raises(ConfigurationError, match=r"data for in_Client: .*nam.* is not a column of in_Client, did"):
            api.fill_table(runtime, "Client", pa.table({"in_id": ["c-1"], "nam": ["a"]}))
        with pytest.raises(ConfigurationError, match="column Amount is bool, which fills no number"):
            api.fill_table(runtime, "Client", pa.table({"in_id": ["c-1"], "Amount": [True]}))
        with pytest.raises(ConfigurationError, match="say 'error' or 'newest'"):
            api.fill_table(runtime, "Client", pa.table({"in_id": ["c-1"]}), on_duplicate="old")
        twice = pa.table({"in_id": ["c-1", "c-1"], "Name": ["old", "new"]})
        with pytest.raises(RunStopped, match=r'on_duplicate="newest" takes the newest(.|\n)*line 2') as refused:
            api.fill_table(runtime, "Client", twice)
        assert "--" not in str(refused.value)
        api.fill_table(runtime, "Client", twice, on_duplicate="newest")
        api.fill_table(runtime, "Client", pa.table({"in_id": ["c-9"], "Amount": ["1e3"]}), replace=True)
        assert client.rows("in_id") == [("c-9",)]
        with pytest.raises(ConfigurationError, match="there is no out_ schema"):
            api.read_table(runtime, "client", schema="out_demo_9_9")


def test_infinite_times_raise_or_are_null(client: SqlClient) -> None:
    client.site.partner("insert into in_Client (in_id, Seen) values ('c-1', 'infinity')")
    client.site.partner.hand_over()
    with client.site.runtime() as runtime:
        api.run_once(runtime)
        with pytest.raises(EnvironmentFault, match="seen"):
            api.read_table(runtime, "client")
        assert api.read_table(runtime, "client", unfit_as_null=True)["seen"].to_pylist() == [None]


def test_errors_as_a_table(client: SqlClient) -> None:
    with client.site.runtime() as runtime:
        api.fill_table(runtime, "Claim", pa.table({"out_id": ["x" * 32, "y" * 32, "z" * 32], "Title": ["a", "b", "c"]}))
        api.hand_over(runtime)
        outcome = api.run_once(runtime)
        found = api.errors_table(runtime, api.ErrorQuery(run=outcome.run))
        assert (found.num_rows, found.schema.field("created_at").type) == (outcome.errors, pa.timestamp("us", "UTC"))
        assert set(found["state"].to_pylist()) == {"open"}
        assert api.errors_table(runtime, most=2)["id"].to_pylist() == found["id"].to_pylist()[:2]


def test_the_import_needs_neither_arrow_nor_pandas() -> None:
    program = "import sys, etl.api; print({'pandas', 'pyarrow', 'numpy'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


def test_a_data_frame_keeps_its_values(client: SqlClient) -> None:
    import pandas

    frame = pandas.DataFrame({
        "in_id": ["c-1", "c-2"],
        "Amount": pandas.array([2**62 + 1, None], dtype="Int64"),
        "Active": pandas.array([True, None], dtype="boolean"),
        "Seen": pandas.to_datetime(["2024-01-01T00:00:00.000001+05:00", None]),
        "Kind": pandas.Categorical(["new", None]),
    })  # fmt: skip
    with client.site.runtime() as runtime:
        assert api.fill_table(runtime, "Client", frame).rows == 2
        api.hand_over(runtime)
        api.run_once(runtime)
        read = api.data_frame(api.read_table(runtime, "client").sort_by([("amount", "ascending")]))
        mixed = pandas.DataFrame({"in_id": ["c-3", 4]})
        with pytest.raises(ConfigurationError, match="data for in_Client: has values that are no column of one type"):
            api.fill_table(runtime, "Client", mixed)
    assert read["amount"].dtype == pandas.ArrowDtype(pa.decimal128(24, 4))
    assert read["amount"].iloc[0] == 2**62 + 1
    assert (read["active"].iloc[0], read["kind"].iloc[0]) == (True, "new")
    assert read["seen"].iloc[0] == datetime(2023, 12, 31, 19, 0, 0, 1, tzinfo=UTC)
    assert read[["amount", "active", "seen", "kind"]].iloc[1].isna().all()


def test_the_page(make_site: MakeSite, monkeypatch: pytest.MonkeyPatch) -> None:
    site = make_site({path.split("/")[-1].removesuffix(".yaml"): text for path, text in business_objects().items()})
    for name, value in site.environ.items():
        monkeypatch.setenv(name, value)
    documents = {
        f"companies/{CODE}/business-objects/{path.split('/')[-1]}": text for path, text in business_objects().items()
    }
    documents = {path: text.replace("code: Name,", "code: Name, isUnique: true,") for path, text in documents.items()}
    found: dict[str, Any] = {"url": site.url, "documents": documents}
    for block in blocks(CHECKOUT / "docs/python.md"):
        assert block.language == "python"
        exec(block.text.replace('"shop"', f'"{CODE}"'), found)
    names = [found[name] for name in ("rejects", "receipts", "errors", "loaded")]
    assert [len(frame) for frame in names] == [1, 3, 0, 1]
    assert (list(found["changed"]["_removed"]), found["nothing"]) == ([False], 0)
    assert [one.value for one in found["pins"]] == ["Aigerim S."]
    assert found["would"].counters == found["joined"].counters
    assert found["apart"].other == found["joined"].other
    assert found["breaking"]
    assert len(found["found"].in_ids) == 2
