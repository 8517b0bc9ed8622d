"""What decides how a record is read: workers that differ in it would read one record in two ways. No I/O."""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Final

from etl.metadata import Company
from etl.sources.kafka.rules import RecordRules

DIFFERING: Final = (
    "workers read records in different ways, as their hosts have different configurations: give all hosts the same one"
)
METADATA: Final = "metadata"
_HERE: Final = "here"
# A longer value is cut, with a digest of all of it.
_SHOWN: Final = 60
_DIGITS: Final = 8


def reading_settings(rules: RecordRules, company: Company) -> dict[str, str]:
    """Configuration key -> value, and a digest of the metadata."""
    fields = (f"{code}.{field}" for code, allowed in rules.allowed_fields.items() for field in allowed)
    found = {
        "allowedBusinessObjects": ",".join(sorted(rules.allowed_objects)),
        "allowedFields": ",".join(sorted(fields)),
        "unknownId": "create" if rules.creates_unknown_ids else "error",
        "onUnknownField": "skip" if rules.skips_unknown_fields else "reject",
        "tombstone": "remove" if rules.removes_by_tombstone else "ignore",
        "resendMode": "older-loses" if rules.resent_loses else "latest",
        "maxDepth": str(rules.max_depth),
        "maxRecordBytes": str(rules.max_record_bytes),
        "maxValueBytes": str(rules.max_value_bytes),
        "maxRowBytes": str(rules.max_row_bytes),
        "oldRecordDeleteMinutes": str(rules.reference_expiry_minutes),
        "recordCleanHours": str(rules.record_clean_hours),
    }
    objects = sorted(one.model_dump_json() for one in company.objects)
    return {key: _short(value) for key, value in found.items()} | {METADATA: _digest("\n".join(objects))}


def differences(owned: Iterable[tuple[str, Mapping[str, str]]], here: Mapping[str, str] | None = None) -> str:
    """In what owners of partitions, each with its settings, differ; "" where they agree. `here`: the settings of this
    command, where they are compared too. Owners of one process count once; those whose settings are not known, not."""
    by_process = {owner.rpartition("/")[0] or owner: settings for owner, settings in owned if owner and settings}
    if by_process and here:
        by_process[_HERE] = here
    keys = sorted({key for settings in by_process.values() for key in settings})
    return "; ".join(filter(None, (_difference(key, by_process) for key in keys)))


def _difference(key: str, by_process: Mapping[str, Mapping[str, str]]) -> str:
    """Of a key that a version of the program does not have, nothing is known."""
    owners: dict[str, list[str]] = {}
    for process in sorted(by_process):
        if (value := by_process[process].get(key)) is not None:
            owners.setdefault(value, []).append(process)
    if len(owners) < 2:
        return ""
    parts = [f"{value or 'empty'} ({', '.join(named)})" for value, named in owners.items()]
    return f"{key}: {' and '.join(parts)}"


def _short(value: str) -> str:
    return value if len(value) <= _SHOWN else f"{value[:_SHOWN]}… {_digest(value)}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:_DIGITS]
