"""What the contract pack shows, a run takes: the SQL of its guides, the rows of its Excel template, its privileges."""

from pathlib import Path

import pytest

from etl.contract import contract_files
from etl.contract.guide import READER
from etl.engine import add_reader
from tests.contracts import DOCUMENTS, TERMS, company
from tests.documentation import Block, blocks
from tests.fix_company import OUT, MakeSite, Site

ROWS = {"in_Kind": 2, "in_Everything": 2, "in_Keyed": 2, "in_Person": 2}
LINKS = {"in_Everything_Parent": 1, "in_Everything_Party_Person": 1, "in_Everything_Party_Keyed": 1}


@pytest.fixture
def site(make_site: MakeSite) -> Site:
    return make_site(DOCUMENTS)


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return contract_files(company(), TERMS, grants="")


def hands_over(block: Block) -> bool:
    return "delete from" in block.text or "set load_status = 1" in block.text


@pytest.mark.parametrize("language", ["en", "ru"])
def test_the_sql_of_the_guide_works_from_top_to_bottom(
    site: Site, files: dict[str, bytes], tmp_path: Path, language: str
) -> None:
    guide = tmp_path / "guide.md"
    guide.write_bytes(files[f"guide.{language}.md"])
    sql = [block for block in blocks(guide) if block.language == "sql"]
    site.partner("delete from process_tracking")
    receipts: dict[str, dict[str, int]] = {}
    answers = []
    for block in (one for one in sql if "from out_demo" not in one.text):
        answers.append(site.partner(block.text))
        if not hands_over(block):
            continue
        outcome = site.run()
        assert outcome.exit_code == 0, [list(error.values()) for error in site.errors()]
        for one in outcome.receipts:
            reported = receipts.setdefault(one.in_table, {})
            for count in ("claimed", "created", "changed", "removed", "rejected", "waiting"):
                reported[count] = reported.get(count, 0) + getattr(one, count)
        _grant_answers(site)
    created = {table: reported["created"] for table, reported in receipts.items() if reported["created"]}
    assert created == ROWS | LINKS | {"in_fileStorage": 2}
    assert sum(reported["rejected"] + reported["waiting"] for reported in receipts.values()) == 0
    assert (receipts["in_Kind"]["changed"], receipts["in_Kind"]["removed"]) == (1, 1)
    # The marker, receipts, the comparison, errors and why_not all answer.
    found = [answer for answer in answers if answer]
    assert len(found) == 3
    assert [{key: row[key] for key in ("given", "missing", "extra", "different")} for row in found[2]] == [
        {"given": 1, "missing": 0, "extra": 0, "different": 0}
    ]
    # Readers are shown the views: three of tables, two of links.
    site.look("grant usage on schema out_demo to public; grant select on all tables in schema out_demo to public")
    with site.reader() as reader:
        shown = [len(reader.execute(block.text).fetchall()) for block in sql if "from out_demo." in block.text]
    assert (len(shown), all(shown)) == (5, True)
    _take_what_is_new(site, [block.text for block in sql if "_reader." in block.text])


def _take_what_is_new(site: Site, statements: list[str]) -> None:
    """The chapter of readers: what is taken is confirmed."""
    take, confirm = statements
    with site.runtime() as runtime:
        add_reader(runtime, READER, site.partner_role, None)
    site.look(f"grant usage on schema {OUT} to public; grant select on all tables in schema {OUT} to public")
    with site.reader() as reader:
        cursor = reader.execute(take)
        results = [cursor.fetchall() if cursor.description else [] for _ in iter(cursor.nextset, None)]
        changed = [row for rows in results for row in rows if "is_removed" in row]
        assert {row["system_id"] for row in changed} == {
            row["system_id"] for row in reader.execute(f"select system_id from {OUT}.kind").fetchall()
        }
        assert len(reader.execute(confirm).fetchall()) == 1
        assert reader.execute(confirm).fetchall() == []


def test_what_is_made_for_readers_is_as_the_ddl_shows_it(site: Site, files: dict[str, bytes]) -> None:
    """With the first reader; the script itself makes the tables alone, and can be executed."""
    ddl = files["ddl/out.sql"].decode().replace(OUT, "out_copied")
    site.look(f"create schema out_copied; {ddl}")
    site.run()
    with site.runtime() as runtime:
        add_reader(runtime, READER, site.partner_role, None)
    live = site.look(
        "select c.relname as view, string_agg(a.attname || ' ' || format_type(a.atttypid, a.atttypmod), ', '"
        "order by a.attnum) as columns from pg_class c join pg_attribute a on a.attrelid = c.oid "
        f"where c.relnamespace = '{OUT}_reader'::regnamespace and a.attnum > 0 group by c.relname"
    )
    shown = " ".join(line.removeprefix("--").strip() for line in ddl.splitlines() if line.startswith("--"))
    for row in live:
        columns = row["columns"].replace("character varying", "varchar").replace("out_copied", OUT)
        assert f"view out_copied_reader.{row['view']} ({columns})" in shown.replace('"', "").lower()
    assert shown.count(" view out_copied_reader.") == len(live)
    functions = site.look(
        "select p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ') returns ' || "
        "lower(pg_get_function_result(p.oid)) as made "
        f"from pg_proc p where p.pronamespace = '{OUT}_reader'::regnamespace"
    )
    assert len(functions) == 2
    for row in functions:
        assert f"function out_copied_reader.{row['made']}".replace("table(", "table (") in shown


def _grant_answers(site: Site) -> None:
    site.look(f"grant select on all tables in schema in_tables to partner_{site.database.name}")


def test_the_excel_template_fills_the_tables(site: Site, files: dict[str, bytes]) -> None:
    (site.home / "template.xlsx").write_bytes(files["template.xlsx"])
    filled = site.etl("fill", "template.xlsx", "--submit")
    assert (filled.code, filled.err) == (0, "")
    outcome = site.run()
    assert outcome.exit_code == 0, [list(error.values()) for error in site.errors()]
    assert {one.in_table: one.created for one in outcome.receipts if one.claimed} == dict.fromkeys(ROWS | LINKS, 1)
    # A day stays that day in the zone of its field, and a cell says what the guide's example says.
    [row] = site.look("select day::date::text as day, number::text, drop from store_demo.bo_everything")
    assert (row["day"], row["number"], row["drop"]) == ("2024-02-01", "1000.5000", "a|b")
