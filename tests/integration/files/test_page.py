"""What docs/files.md says runs, and its tables tell of what there is."""

import shlex
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from etl.cli.export import export
from etl.cli.fill import fill
from tests.documentation import FILES, README, blocks, business_objects, table, words
from tests.fix_company import MakeSite
from tests.integration.files.conftest import SqlClient
from tests.integration.files.test_fill_kinds import workbook

REJECTS = "etl fill Contract march.csv"
CORRECTED = "etl fill Contract march.rejected.csv"


@pytest.fixture
def client(make_site: MakeSite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SqlClient:
    """The company of README, and the files that the page takes for granted."""
    site = make_site({path.split("/")[-1].removesuffix(".yaml"): text for path, text in business_objects().items()})
    client = SqlClient(site, tmp_path / "files")
    (client.folder / "scans").mkdir(parents=True)
    (client.folder / "scans/scan-1.pdf").write_bytes(b"%PDF")
    [example] = [block.text for block in blocks(FILES) if block.language == "csv"]
    client.write("Client.csv", example)
    pq.write_table(pa.table({"in_id": ["k-1"], "Status": ["OPEN"]}), client.folder / "contracts.parquet")
    rows = [["in_id", "Name"], ["c-3", "Madina"]]
    workbook(client.folder / "workbook.xlsx", in_Client=rows, May=[["in_id", "Number"], ["k-2", "2024/2"]])
    client.write("buyers.csv", "Contract_id,Buyer_id\nk-1,c-1\nk-2,c-3\n")
    client.write("march.csv", 'in_id;Amount\nk-3;"1,5"\nk-4;2\n')
    monkeypatch.chdir(client.folder)
    return client


def test_the_commands_run(client: SqlClient) -> None:
    lines = [line.split("#")[0].strip() for block in blocks(FILES) if block.language == "sh" for line in block.lines]
    for line in lines:
        if line == CORRECTED:
            rejects = client.folder / "march.rejected.csv"
            head, row = rejects.read_text().splitlines()
            rejects.write_text(f"{head}\n{row[::-1].replace('5,1', '5.1', 1)[::-1]}\n")
        if line.startswith("etl export -o"):
            assert client.site.run().run
        done = client.etl(*shlex.split(line)[1:])
        assert (done.code, done.err) == (1 if line == REJECTS else 0, ""), line
    assert client.rows("in_id, name, email", order="in_id") == [
        ("c-1", "Aigerim, the first", "aigerim@example.com"),
        ("c-2", "Timur", None),
        ("c-3", "Madina", None),
    ]
    assert client.rows("in_id, amount", "in_Contract", "in_id")[2:] == [("k-3", 1.5), ("k-4", 2)]
    assert pq.read_table("out/_contract_buyer_.parquet").num_rows == 2
    assert pq.read_table("out/contract.parquet").num_rows == 4
    assert sorted(path.name for path in Path("parts/contract").iterdir()) == [
        "status=OPEN",
        "status=__HIVE_DEFAULT_PARTITION__",
    ]


def test_the_options_are_those_that_there_are() -> None:
    reported = {word.split()[0] for row in table(FILES, "option") for word in words(row[0])}
    there = {option for one in fill.params for option in one.opts if option.startswith("--")}
    assert reported == there - {"--company", "--json", "--files"}


@pytest.mark.parametrize("command", [fill, export], ids=lambda command: command.name)
def test_every_option_of_a_command_is_reported_somewhere(command: object) -> None:
    text = FILES.read_text() + README.read_text()
    options = {option for one in command.params for option in one.opts if option.startswith("--")}  # type: ignore[attr-defined]
    assert not [option for option in options - {"--company", "--json", "--output"} if option not in text]
