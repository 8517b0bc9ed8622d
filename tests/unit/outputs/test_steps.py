"""The steps of a filling, and how it is kept."""

import json
from dataclasses import replace

from etl.metadata.out_structure import FIELD, OutColumn, OutInstances, OutLinks, OutStructure
from etl.outputs.versions.steps import Fill, steps

CLIENT = OutInstances("Client", (OutColumn("Name", "text", FIELD),))
LINKS = OutLinks("Claim", "Client", "Claim_id", "Client_id", None, ("Client",))
STRUCTURE = OutStructure((CLIENT,), (LINKS,))


def test_new_tables_are_only_filled_and_others_swept_too() -> None:
    assert [step.table.name for step in steps(STRUCTURE, Fill(is_new=True))] == ["Client", "_Claim_Client_"]
    compared = [(step.table.name, step.is_sweep) for step in steps(STRUCTURE, Fill(is_new=False))]
    assert compared == [
        ("Client", False),
        ("Client", True),
        ("_Claim_Client_", False),
        ("_Claim_Client_", True),
    ]


def test_a_filling_moves_within_a_table_and_to_the_next() -> None:
    fill = Fill(is_new=True, total=400).moved(100, ("abc",))
    assert (fill.step, fill.after, fill.percent) == (0, ("abc",), 25)
    assert fill.moved(60, None) == Fill(is_new=True, step=1, rows=160, total=400)
    assert Fill(is_new=True, rows=500, total=400).percent == 99
    assert Fill(is_new=True).percent == 0


def test_a_filling_passes_by_what_tasks_have_done() -> None:
    fill = Fill(is_new=True, is_alone=True, beside=(0, 1, 3))
    assert fill.past_done() == replace(fill, step=2)
    assert [number for number in range(5) if fill.is_open(number)] == [2, 4]
    begun = replace(fill, step=2, after=("abc",))
    assert begun.past_done() == begun
    assert [number for number in range(5) if begun.is_open(number)] == [4]


def test_a_large_table_is_filled_in_two_parts() -> None:
    lower, upper, links = steps(STRUCTURE, Fill(is_new=True, cuts={"Client": ("m",)}))
    assert (lower.table.name, upper.table.name, links.table.name) == ("Client", "Client", "_Claim_Client_")
    assert (lower.start(Fill(is_new=True)), upper.start(Fill(is_new=True))) == ((), ("m",))
    assert upper.start(Fill(is_new=True, after=("p",))) == ("p",)
    assert [lower.ends_within(last) for last in (("a",), ("m",), ("p",), ())] == [True, False, False, False]
    assert [upper.ends_within(last) for last in (("p",), ())] == [True, False]


def test_it_is_kept_as_plain_data() -> None:
    fill = Fill(is_new=False, step=3, after=("a", "b"), rows=7, total=9, beside=(1, 2), cuts={"_A_B_": ("a", "b")})
    kept = json.loads(json.dumps(fill.as_json()))
    assert Fill.from_json(kept) == fill
    assert Fill.from_json({"is_new": True, "after": []}) == Fill(is_new=True), "as an earlier version has noted it"


def test_a_structure_is_kept_as_plain_data() -> None:
    assert OutStructure.from_json(STRUCTURE.as_json()) == STRUCTURE


def test_differences_are_reported_line_by_line() -> None:
    wanted = OutStructure((OutInstances("Client", (OutColumn("Age", "numeric(24,4)", FIELD),)),), ())
    assert STRUCTURE.differences(wanted, "out_x") == [
        "drop table out_x._Claim_Client_",
        "add column out_x.Client.Age (numeric(24,4))",
        "drop column out_x.Client.Name (text)",
    ]
    assert STRUCTURE.differences(STRUCTURE, "out_x") == []


def test_differences_are_named_one_by_one() -> None:
    number = OutColumn("Amount", "numeric(24,4)", FIELD)
    client = replace(CLIENT, columns=(*CLIENT.columns, number))
    other = replace(LINKS, targets=("Firm",))
    wanted = OutStructure((client, OutInstances("Firm", CLIENT.columns)), (other,), keeps_test=True)
    assert STRUCTURE.differences(STRUCTURE, "out_1") == []
    assert STRUCTURE.differences(wanted, "out_1") == [
        "add column out_1.Client.Amount (numeric(24,4))",
        "create table out_1.Firm",
        "add links to Firm in out_1._Claim_Client_",
        "drop links to Client in out_1._Claim_Client_",
        "keep TEST instances in out_1",
    ]
    assert wanted.differences(STRUCTURE, "out_1") == [
        "drop table out_1.Firm",
        "drop column out_1.Client.Amount (numeric(24,4))",
        "add links to Client in out_1._Claim_Client_",
        "drop links to Firm in out_1._Claim_Client_",
        "leave out TEST instances in out_1",
    ]
