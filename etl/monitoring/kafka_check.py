"""`etl kafka check`: the settings against the metadata, then brokers and topics, in questions that change nothing."""

import os
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches

from etl.engine import read_configuration
from etl.errors import ConfigurationError, EtlError
from etl.kafka import Admin
from etl.metadata import Company
from etl.monitoring.finding import Finding, error, ok, warning
from etl.monitoring.kafka_topics import TopicChecks
from etl.settings import KafkaSettings
from etl.settings.kafka_keys import IN_KAFKA, KAFKA, OUT_KAFKA, SERVERS_VARIABLE


def check_kafka(
    url: str, company: str | None, environ: Mapping[str, str] = os.environ, *, seconds: float = 15.0
) -> Iterator[Finding]:
    """Yields the findings; stops early without a configuration or brokers. `seconds`: patience with each question."""
    try:
        settings, found = read_configuration(url, company, environ)
    except ConfigurationError as fault:
        yield from (error("configuration", str(problem), "correct it there") for problem in fault.problems)
        return
    except EtlError as fault:
        yield error("configuration", str(fault), "start the configuration's server or correct --config")
        return
    yield from _switches(settings.kafka)
    yield from _codes(settings.kafka, found)
    if not settings.kafka.connection.servers:
        do = f"write servers in {KAFKA}, or define the variable {SERVERS_VARIABLE}"
        yield error("brokers", "none are named", do)
        return
    try:
        with Admin(settings.kafka.connection, seconds=seconds) as admin:
            yield from TopicChecks(admin, settings).all()
    except ConfigurationError as fault:
        yield from (error("options", str(problem), f"correct it in {KAFKA}") for problem in fault.problems)
    except EtlError as fault:
        yield error("brokers", str(fault), f"start them, or correct {KAFKA}")


def _switches(kafka: KafkaSettings) -> Iterator[Finding]:
    if kafka.in_migration.enabled:
        yield ok("reading", f"topics {', '.join(kafka.in_migration.topics)} as group {kafka.in_migration.group_id}")
    else:
        yield warning("reading", "hasInMigrationKafka is false: no records are read", f"set it in {IN_KAFKA}")
    for output in kafka.outputs:
        yield ok(f"output {output.name}", f"topics {', '.join(output.topics)}, progress in {output.progress_topic}")
    if not kafka.outputs:
        yield warning("writing", "hasOutMigrationKafka is false: no changes are written", f"set it in {OUT_KAFKA}")


def _codes(kafka: KafkaSettings, company: Company) -> Iterator[Finding]:
    """Codes of objects and fields in the settings that the metadata does not have."""
    source = kafka.in_migration
    yield from _unknown("reading", IN_KAFKA, source.allowed_business_objects, source.allowed_fields, company)
    for output in kafka.outputs:
        codes = (*output.business_objects, *output.topic_of_object)
        yield from _unknown(f"output {output.name}", "its text", codes, output.fields, company)


def _unknown(
    what: str, where: str, codes: Iterable[str], fields: Mapping[str, Iterable[str]], company: Company
) -> Iterator[Finding]:
    objects = {bo.code: bo for bo in company.objects if bo.carries_data}
    for code in dict.fromkeys((*codes, *fields)):
        if code not in objects:
            yield error(what, f"there is no business object {code}{_meant(code, objects)}", f"correct {where}")
    for code, named in fields.items():
        known = {field.code for field in objects[code].fields} if code in objects else set(named)
        for field in named:
            if field not in known:
                yield error(what, f"{code} has no field {field}{_meant(field, known)}", f"correct {where}")


def _meant(code: str, known: Iterable[str]) -> str:
    close = get_close_matches(code, list(known), n=1)
    return f"; did you mean {close[0]}?" if close else ""
