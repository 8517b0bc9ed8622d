"""The faults of all texts of a tree, for every company; checked before the texts are written."""

import os
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress

from etl.engine.kafka_codes import unknown_kafka_codes
from etl.engine.timezone import zone_of
from etl.errors import ConfigurationError, Problem
from etl.metadata import Company, companies, company_documents, parse_company
from etl.settings import Setting, company_folders, explain_settings
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
    settings: dict[str | None, tuple[Setting, ...]] = {}
    folders: list[str | None] = [*company_folders(texts)]
    for folder in folders or [None]:
        try:
            values = explain_settings(texts, origin=origin, company=folder, environ=environ, open_texts=open_texts)
            settings[folder] = values
            [zone] = [str(one.value) for one in values if one.key.name == "timeZone"]
            zone_of(zone, environ)
        except ConfigurationError as error:
            found += error.problems
    context = origin.removeprefix("file:").rstrip("/")
    found += read_log_structure(texts, f"{context}/{LOGGING}")[1]
    parsed: list[Company] = []
    for code in companies(texts):
        try:
            parsed.append(parse_company(code, company_documents(code, texts, origin=origin)))
        except ConfigurationError as error:
            found += error.problems
    if len(parsed) == len(companies(texts)):
        for company in parsed:
            found += unknown_kafka_codes(settings.get(company.code, ()), company, parsed)
    return [one for one in dict.fromkeys(found) if not _UNDEFINED.search(one.message)]


def faults_of_kafka_codes(
    texts: Mapping[str, str], *, origin: str, company: Company, values: Iterable[Setting]
) -> list[Problem]:
    """Codes in the settings of Kafka of one company that name nothing. Other companies are asked as far as they can be
    read."""
    others: list[Company] = []
    for code in companies(texts):
        if code != company.code:
            with suppress(ConfigurationError):
                others.append(parse_company(code, company_documents(code, texts, origin=origin)))
    return list(unknown_kafka_codes(values, company, others))
