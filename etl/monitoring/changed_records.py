"""What records of an output have otherwise by other documents. Pure; no I/O."""

from collections.abc import Iterable, Iterator

from etl.ddl.changed_tables import Alteration, Altered
from etl.metadata import Company
from etl.metadata.field_types import CHOICE, TEXT
from etl.outputs.kafka.shape import EXTERNAL_ID, ID, OutLink, OutObject, OutputShape
from etl.quoting import fold
from etl.settings.kafka_model import OutMigrationKafka


def altered_records(old: Company, new: Company, output: OutMigrationKafka) -> Iterator[Altered]:
    """`table` of each is an object, `column` a field or a link of it."""
    before = {fold(one.code): one for one in OutputShape.of(old, output).objects}
    after = {fold(one.code): one for one in OutputShape.of(new, output).objects}
    for name, shape in after.items():
        if name in before:
            yield from _of_fields(old, before[name], new, shape)
            yield from _of_links(old, before[name], new, shape)
        else:
            yield Altered(Alteration.TABLE_ADDED, shape.code)
    yield from (Altered(Alteration.TABLE_REMOVED, before[name].code) for name in before if name not in after)


def _of_fields(old: Company, had: OutObject, new: Company, shape: OutObject) -> Iterator[Altered]:
    types = _types(old, had.code), _types(new, shape.code)
    before, after = {one.name: one for one in had.fields}, {one.name: one for one in shape.fields}
    for name, one in after.items():
        if name not in before:
            yield Altered(Alteration.COLUMN_ADDED, shape.code, one.code)
        elif types[0][name] != types[1][name]:
            is_wider = (types[0][name], types[1][name]) == (CHOICE, TEXT)
            kind = Alteration.TYPE_WIDENED if is_wider else Alteration.TYPE_CHANGED
            yield Altered(kind, shape.code, one.code, types[0][name], types[1][name])
    gone = [one.code for name, one in before.items() if name not in after]
    yield from (Altered(Alteration.COLUMN_REMOVED, shape.code, code) for code in gone)
    yield from _ended(old, new, shape.code, (one.code for name, one in after.items() if name in before))


def _ended(old: Company, new: Company, bo: str, sent: Iterable[str]) -> Iterator[Altered]:
    """Fields and links that records have as before, and that no row writes any more."""
    ended = _loaded(old, bo) - _loaded(new, bo)
    yield from (Altered(Alteration.VALUES_ENDED, bo, code) for code in sent if fold(code) in ended)


def _loaded(company: Company, code: str) -> set[str]:
    [bo] = [one for one in company.objects if fold(one.code) == fold(code)]
    return {fold(one.code) for one in bo.fields if one.need_load_from_in_tables or one is bo.key_field}


def _types(company: Company, code: str) -> dict[str, str]:
    [bo] = [one for one in company.objects if one.code == code]
    return {fold(field.code): field.sql_type or "" for field in bo.stored_fields}


def _of_links(old: Company, had: OutObject, new: Company, shape: OutObject) -> Iterator[Altered]:
    before, after = ({fold(one.code): one for one in shown.links} for shown in (had, shape))
    for name, link in after.items():
        if name in before:
            yield from _of_link(before[name], link, shape.code)
        else:
            yield Altered(Alteration.COLUMN_ADDED, shape.code, link.code)
    gone = [one.code for name, one in before.items() if name not in after]
    yield from (Altered(Alteration.COLUMN_REMOVED, shape.code, code) for code in gone)
    yield from _ended(old, new, shape.code, (one.code for name, one in after.items() if name in before))


def _of_link(had: OutLink, link: OutLink, bo: str) -> Iterator[Altered]:
    if had.names_object != link.names_object:
        named = [f"{'with' if one.names_object else 'without'} the object" for one in (had, link)]
        yield Altered(Alteration.TARGETS_NAMED, bo, link.code, named[0], named[1])
    before, after = ({fold(one.code): one for one in shown.targets} for shown in (had, link))
    come = [one.code for name, one in after.items() if name not in before]
    yield from (Altered(Alteration.TARGET_ADDED, bo, link.code, after=code) for code in come)
    gone = [one.code for name, one in before.items() if name not in after]
    yield from (Altered(Alteration.TARGET_REMOVED, bo, link.code, before=code) for code in gone)
    for name in before.keys() & after.keys():
        named = [", ".join([*(field.code for field in one[name].unique), EXTERNAL_ID, ID]) for one in (before, after)]
        if fold(named[0]) != fold(named[1]):
            yield Altered(Alteration.TARGETS_NAMED, bo, link.code, f"by {named[0]}", f"by {named[1]}")
