"""Metadata: what a company's business objects are.

Receives the texts of a company's YAML documents, returns one frozen `Company` (names of tables and columns come from
`names`), and never reads a file or a database: every fault of every document ends in one MetadataError.
"""

from etl.metadata.company import Company, refuse_unknown_codes
from etl.metadata.folder import companies, company_documents, with_document, without_document
from etl.metadata.parse import parse_company

__all__ = [
    "Company",
    "companies",
    "company_documents",
    "parse_company",
    "refuse_unknown_codes",
    "with_document",
    "without_document",
]
