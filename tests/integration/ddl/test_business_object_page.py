"""The examples of docs/business-object.md on a real server: what it calls a value of each type is taken by a run."""

from etl.contract.samples import Samples
from scripts.reference.business_object import PAGE, documents
from tests.fix_company import ONLY_ONE, MakeSite


@ONLY_ONE
def test_a_row_with_a_value_of_each_type_is_taken(make_site: MakeSite) -> None:
    site = make_site(documents(PAGE.read_text(encoding="utf-8")))
    with site.runtime() as runtime:
        samples = Samples(runtime.company)
        everything = runtime.company.object("Everything")
        site.partner.fill("in_fileStorage", samples.file(1))
        site.partner.fill("in_Everything", samples.row(everything, 1))
    outcome = site.run()
    [receipt] = [one for one in outcome.receipts if one.in_table == "in_Everything"]
    assert (receipt.claimed, receipt.created, receipt.rejected) == (1, 1, 0)
    [row] = site.look("select * from out_demo.everything")
    assert {name for name, value in row.items() if value is None} == {"system_creator_fio"}
