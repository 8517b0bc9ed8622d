"""What records may do: the objects and fields they may change, and the limits of one record."""

from collections.abc import Container, Mapping
from dataclasses import dataclass, field

from etl.metadata import Company
from etl.metadata.business_object import BusinessObject
from etl.metadata.field import Field
from etl.metadata.field_checks import IN_COLUMNS
from etl.metadata.system_objects import SYSTEM_OBJECTS
from etl.quoting import fold
from etl.settings import InMigrationKafka
from etl.sources.kafka.link_fields import link_fields


@dataclass(frozen=True)
class RecordRules:
    """The settings of reading and merging, with the vendor's defaults.

    `allowed_objects`: their codes; empty: those that partners load, and the system objects. `allowed_fields`: of an
    object that is named here only these fields. `skips_unknown_fields`: else they reject their record.
    `removes_by_tombstone`: a message without a value removes the instance that its key names; else it is skipped.
    `resent_loses`: a rejected record that was sent back leaves what later ones have changed; else it overwrites it.
    """

    allowed_objects: frozenset[str] = frozenset()
    allowed_fields: Mapping[str, frozenset[str]] = field(default_factory=dict)
    creates_unknown_ids: bool = False
    skips_unknown_fields: bool = False
    removes_by_tombstone: bool = False
    resent_loses: bool = False
    max_depth: int = 32
    max_record_bytes: int = 10_485_760
    max_value_bytes: int = 10_485_760
    max_row_bytes: int = 104_857_600
    reference_expiry_minutes: int = 10_080
    record_clean_hours: int = 5

    def allows(self, business_object: BusinessObject) -> bool:
        """Whether records may change its instances."""
        if not business_object.carries_data:
            return False
        if self.allowed_objects:
            return business_object.code in self.allowed_objects
        return business_object.has_in_table or business_object.code in SYSTEM_OBJECTS

    def company(self, company: Company) -> Company:
        """The company as records see it: all fields of allowed objects may be loaded, whatever partners load by
        in_ tables, and nothing of the others.

        Not those whose columns or tables would have the names of others in a batch.
        """
        links = link_fields(company)
        return Company(company.code, tuple(self._object(one, links) for one in company.objects))

    def _object(self, business_object: BusinessObject, links: Container[tuple[str, str]]) -> BusinessObject:
        is_allowed = self.allows(business_object)
        only = self.allowed_fields.get(business_object.code)

        def takes(one: Field) -> bool:
            if not is_allowed or (only is not None and one.code not in only):
                return False
            return (business_object.code, one.code) in links if one.is_link else fold(one.code) not in IN_COLUMNS

        fields = tuple(
            one.model_copy(update={"need_load_from_in_tables": takes(one)}) for one in business_object.fields
        )
        return business_object.model_copy(update={"fields": fields})


def rules_of(source: InMigrationKafka) -> RecordRules:
    return RecordRules(
        allowed_objects=frozenset(source.allowed_business_objects),
        allowed_fields={code: frozenset(fields) for code, fields in source.allowed_fields.items()},
        creates_unknown_ids=source.unknown_id == "create",
        skips_unknown_fields=source.unknown_field == "skip",
        removes_by_tombstone=source.tombstone == "remove",
        resent_loses=source.resend_mode == "older-loses",
        max_depth=source.max_depth,
        max_record_bytes=source.max_record_bytes,
        reference_expiry_minutes=source.old_record_delete_minutes,
        record_clean_hours=source.record_clean_hours,
    )
