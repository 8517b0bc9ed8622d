"""The faults of all texts of a tree, for every company; checked before the texts are written."""

import os
import re
from collections.abc import Mapping

from etl.engine.timezone import zone_of
from etl.errors import ConfigurationError, Problem
from etl.metadata import companies, company_documents, parse_company
from etl.settings import company_folders, explain_settings
from etl.settings.logging import LOGGING, read_log_structure

# Faults of this machine, not of the text: another machine may have what is missing here.
_UNDEFINED = re.compile(r"the environment variable \w+ is not defined")


def faults_of(
    texts: Mapping[str, str],
    *,
    origin: str,
    environ: Mapping[str, str] = os.environ,
    open_texts: Mapping[str, str] | None = None,
) -> list[Problem]:
    """Every fault of settings, schedule, log structure and documents, in `texts` (path -> content) at `origin`.

    `open_texts` as for `parse_settings`.
    """
    found: list[Problem] = []
    codes: list[str | None] = [*company_folders(texts)]
    for company in codes or [None]:
        try:
            values = explain_settings(texts, origin=origin, company=company, environ=environ, open_texts=open_texts)
            [zone] = [str(one.value) for one in values if one.key.name == "timeZone"]
            zone_of(zone, environ)
        except ConfigurationError as error:
            found += error.problems
    context = origin.removeprefix("file:").rstrip("/")
    found += read_log_structure(texts, f"{context}/{LOGGING}")[1]
    for company in companies(texts):
        try:
            parse_company(company, company_documents(company, texts, origin=origin))
        except ConfigurationError as error:
            found += error.problems
    return [one for one in dict.fromkeys(found) if not _UNDEFINED.search(one.message)]
