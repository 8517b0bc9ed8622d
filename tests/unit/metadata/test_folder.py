import pytest

from etl.errors import ConfigurationError, MetadataError
from etl.metadata import companies, company_documents

TEXTS = {
    "configs/InMigrationConfig.txt": "",
    "companies/demo/configs/InMigrationConfig.txt": "",
    "companies/demo/business-objects/A.yaml": "a",
    "companies/demo/business-objects/A.yaml.errors.txt": "",
    "companies/demo/business-objects/old/B.yaml": "b",
    "companies/other/business-objects/C.yml": "c",
    "companies/bare/configs/X.txt": "",
}


def test_documents_of_a_company() -> None:
    found = company_documents("demo", TEXTS, origin="file:/x")
    assert found == {"companies/demo/business-objects/A.yaml": "a"}


def test_companies_of_a_tree() -> None:
    assert companies(TEXTS) == ["demo", "other"]


def test_a_document_of_another_ending_is_not_passed_over() -> None:
    with pytest.raises(MetadataError, match=r"C\.yml: the name of a document ends in \.yaml: rename it"):
        company_documents("other", TEXTS, origin="file:/x")


@pytest.mark.parametrize("code", ["bare", "missing"])
def test_a_company_without_documents(code: str) -> None:
    with pytest.raises(ConfigurationError, match=f"file:/x has no business objects for company {code}: add companies/"):
        company_documents(code, TEXTS, origin="file:/x")


def test_a_code_that_climbs_out_of_its_folder() -> None:
    with pytest.raises(MetadataError, match="is not a company code"):
        company_documents("../demo", TEXTS, origin="file:/x")
