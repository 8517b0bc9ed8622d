"""What an output writes of each business object: which columns, which links, and how it names their targets. No I/O."""

from dataclasses import dataclass

from etl.metadata import Company, names
from etl.metadata.business_object import BusinessObject
from etl.metadata.field import Field, LinkMode
from etl.metadata.field_types import BOOLEAN, NUMBER, TIMESTAMP, Category, FieldType
from etl.metadata.system_objects import SYSTEM_OBJECTS
from etl.quoting import fold, identifier
from etl.settings.kafka_model import OutMigrationKafka

EXTERNAL_ID, ID = "externalId", "id"
"""Codes that name a target without a unique value; ours, and what records of Kafka as a source understand."""


@dataclass(frozen=True)
class OutField:
    """A column of the golden table. `kind`: how its text is written. `is_chosen`: written when it changes, which unique
    fields are anyway. `is_repeated`: written unchanged as well, unless it is empty."""

    code: str
    column: str
    name: str
    kind: str
    is_chosen: bool
    is_repeated: bool
    is_file: bool = False
    is_unique: bool = False


@dataclass(frozen=True)
class TargetField:
    code: str
    column: str
    kind: str


@dataclass(frozen=True)
class Target:
    code: str
    table: str
    unique: tuple[TargetField, ...]


@dataclass(frozen=True)
class OutLink:
    """A BO or CO field. `names_object`: its items have toBoCode. `is_repeated`: written unchanged as well. `is_set`:
    all of its links are written when one changes, as readers take the items of a record for all (linkMode replace)."""

    code: str
    table: str
    targets: tuple[Target, ...]
    names_object: bool
    is_repeated: bool
    is_set: bool


@dataclass(frozen=True)
class OutObject:
    code: str
    table: str
    topic: str
    fields: tuple[OutField, ...]
    links: tuple[OutLink, ...]


@dataclass(frozen=True)
class OutputShape:
    """All objects of an output in the order of writing: targets before owners where that is possible."""

    objects: tuple[OutObject, ...]

    @classmethod
    def of(cls, company: Company, output: OutMigrationKafka, topic: str = "") -> "OutputShape":
        """What the settings of an output choose. With `topic` all records go there."""
        chosen = [bo for bo in company.objects if bo.carries_data and _is_chosen(bo, output)]
        return cls(tuple(_object(company, bo, output, topic) for bo in _ordered(company, chosen)))

    @property
    def by_code(self) -> dict[str, OutObject]:
        return {one.code: one for one in self.objects}

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of its objects, in the order of writing."""
        return tuple(one.code for one in self.objects)

    @property
    def topics(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(one.topic for one in self.objects))


def _is_chosen(bo: BusinessObject, output: OutMigrationKafka) -> bool:
    return bo.code in output.business_objects if output.business_objects else bo.has_out_table


def _ordered(company: Company, chosen: list[BusinessObject]) -> list[BusinessObject]:
    """Dictionaries first, then each object after the targets of its links, as far as links make no circle."""
    by_code = {bo.code: bo for bo in sorted(chosen, key=lambda bo: bo.category is not Category.DICTIONARY)}
    ordered: dict[str, BusinessObject] = {}
    begun: set[str] = set()

    def add(bo: BusinessObject) -> None:
        if bo.code in begun:
            return
        begun.add(bo.code)
        for field in bo.links:
            for target in company.targets(field):
                if target.code in by_code:
                    add(target)
        ordered[bo.code] = bo

    for bo in by_code.values():
        add(bo)
    return list(ordered.values())


def _object(company: Company, bo: BusinessObject, output: OutMigrationKafka, topic: str) -> OutObject:
    named = output.fields.get(bo.code)
    chosen = {field.code for field in bo.fields if field.need_upload_to_out_table} if named is None else set(named)
    unique = {field.code for field in bo.unique_fields}
    return OutObject(
        code=bo.code,
        table=names.store_table(bo.code),
        topic=topic or output.topic_of(bo.code),
        fields=tuple(
            _field(bo, field, is_chosen=field.code in chosen, is_unique=field.code in unique)
            for field in bo.stored_fields
            if field.code in chosen | unique
        ),
        links=tuple(
            _link(company, bo, field, output)
            for field in bo.links
            if company.targets(field) and (field.code in chosen or field.is_unique)
        ),
    )


def _field(bo: BusinessObject, field: Field, *, is_chosen: bool, is_unique: bool) -> OutField:
    return OutField(
        code=field.code,
        column=identifier(field.code),
        name=fold(field.code),
        kind=_kind(field),
        is_chosen=is_chosen,
        is_repeated=is_unique and not _is_system(bo, field),
        is_file=field.type is FieldType.FILE_UPLOAD,
        is_unique=is_unique,
    )


def _is_system(bo: BusinessObject, field: Field) -> bool:
    """Whether the platform gives it (vendor's guide: a unique system field is not passed on unchanged)."""
    return bo.code in SYSTEM_OBJECTS and SYSTEM_OBJECTS[bo.code].field(field.code) is not None


def _link(company: Company, bo: BusinessObject, field: Field, output: OutMigrationKafka) -> OutLink:
    return OutLink(
        code=field.code,
        table=names.store_link_table(bo.code, field.code),
        targets=tuple(_target(target) for target in company.targets(field)),
        names_object=output.to_bo_code == "always" or field.type is FieldType.CO,
        is_repeated=field.is_unique and not _is_system(bo, field),
        is_set=field.link_mode is LinkMode.REPLACE,
    )


def _target(target: BusinessObject) -> Target:
    return Target(
        target.code,
        names.store_table(target.code),
        tuple(TargetField(one.code, identifier(one.code), _kind(one)) for one in target.unique_fields),
    )


def _kind(field: Field) -> str:
    kinds = {NUMBER: "number", BOOLEAN: "boolean", TIMESTAMP: "time"}
    return kinds.get(field.sql_type or "", "text")
