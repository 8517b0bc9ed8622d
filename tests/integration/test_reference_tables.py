"""docs/reference/tables.md is what a run makes: `python -m scripts.reference` writes it again."""

import pytest

from scripts.reference.pages import FOLDER
from scripts.reference.tables import DOCUMENTS, make_all, tables
from tests.fix_company import ONLY_APART, MakeSite


@ONLY_APART  # else there is no mirror
@pytest.mark.prepared
def test_the_page_is_current(make_site: MakeSite) -> None:
    site = make_site(DOCUMENTS)
    with site.runtime() as runtime:
        make_all(runtime)
        assert tables(runtime) == (FOLDER / "tables.md").read_text(encoding="utf-8")
