"""What a change of the metadata means to partners, to readers of each out_ version, and to consumers of topics."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from etl.database import read_only_transaction
from etl.ddl.changed_tables import (
    Alteration,
    Altered,
    Shapes,
    altered_tables,
    altered_versions,
    in_shapes,
    live_in_shapes,
)
from etl.engine import Runtime, has_out_versions
from etl.metadata import Company, names
from etl.metadata.changed_rules import RuleChange, changed_rules
from etl.metadata.out_structure import FIELD, OutStructure
from etl.monitoring.changed_records import altered_records
from etl.monitoring.impact_texts import OF_IN_TABLES, OF_RULES, OF_TOPICS, OF_VERSIONS, Impact, Meaning, Party
from etl.outputs.versions import known_versions, next_version, read_readers
from etl.quoting import fold
from etl.settings.kafka_model import OutMigrationKafka

_RENAMED: Final = Alteration.COLUMN_RENAMED
_GONE: Final = (Alteration.TABLE_REMOVED, Alteration.COLUMN_REMOVED, _RENAMED)


@dataclass(frozen=True)
class Effect:
    """One change as a party meets it. `location`: table or column, with its schema; of a consumer the topic before it.

    `reader`: who reads the version by confirmed deliveries; "" is every other reader, and every party but readers.
    `is_now`: it comes with the documents, with rows or with the next switch; false: only when readers leave an older
    version.
    """

    impact: Impact
    party: Party
    reader: str
    kind: str
    location: str
    what: str
    do: str
    is_now: bool = True


@dataclass(frozen=True)
class LiveVersion:
    """A version of the out_ tables with its structure (None: not known), and who reads it by confirmed deliveries."""

    schema: str
    is_current: bool
    structure: OutStructure | None
    readers: tuple[str, ...]


@dataclass(frozen=True)
class Loading:
    """What partners load, by the in_ tables before and after a change."""

    before: Shapes
    after: Shapes

    def ended(self, shown: OutStructure) -> Iterator[Altered]:
        """Columns and links of a version that runs write no more: their fields are not in the in_ tables now."""
        for table in shown.instances:
            for column in (one for one in table.columns if one.source == FIELD):
                if self._has_ended(names.in_table(table.bo), column.name):
                    yield Altered(Alteration.VALUES_ENDED, table.name, column.name)
        for link in shown.links:
            members = link.targets if link.bo_column else (None,)
            loaded = [names.in_link_table(link.bo, link.field, one) for one in members]
            if any(map(self._has_ended, loaded)):
                yield Altered(Alteration.VALUES_ENDED, link.name)

    def _has_ended(self, table: str, column: str = "") -> bool:
        return _is_loaded(self.before, table, column) and not _is_loaded(self.after, table, column)


def _is_loaded(shapes: Shapes, table: str, column: str) -> bool:
    shape = shapes.get(fold(table))
    return shape is not None and (not column or fold(column) in shape.columns)


@dataclass(frozen=True)
class MetadataImpact:
    """All effects of the documents of a company; `are_rules_compared` is false where only tables were compared."""

    company: str
    effects: tuple[Effect, ...]
    are_rules_compared: bool

    @property
    def is_breaking(self) -> bool:
        return any(one.impact is Impact.BREAKING and one.is_now for one in self.effects)

    def count(self, impact: Impact) -> int:
        return sum(one.impact is impact and one.is_now for one in self.effects)


def read_impact(runtime: Runtime, new: Company, old: Company | None) -> MetadataImpact:
    """Compares the documents with the live tables and versions of the runtime; with `old`, the documents in use, also
    what no table shows. Writes nothing."""
    with read_only_transaction(runtime.engine) as connection:
        had = in_shapes(old) if old else live_in_shapes(connection, new, runtime.in_schema)
    versions, following = _versions(runtime)
    wanted = OutStructure.of(new, kept=runtime.versions.kept_states)
    loading = Loading(had, in_shapes(new))
    effects = [*_on_partners(altered_tables(had, loading.after), runtime.in_schema)]
    for version in versions:
        effects += _on_readers(version, wanted, following, loading)
    current = next((one.structure for one in versions if one.is_current), None)
    for output in runtime.settings.kafka.outputs:
        if old:
            effects += _on_consumers(altered_records(old, new, output), output)
        elif current:
            effects += _on_consumers(_altered_objects(current, wanted, loading, output), output)
    if old:
        effects += _of_rules(changed_rules(old, new), runtime)
    return MetadataImpact(new.code, tuple(effects), old is not None)


def _versions(runtime: Runtime) -> tuple[list[LiveVersion], str]:
    """The versions, the current one first, and the number of the next."""
    schema = runtime.store.schema
    with read_only_transaction(runtime.out_engine) as out:
        if not has_out_versions(out, runtime):
            return [], runtime.versions.environment_version
        known = known_versions(out, schema)
        readers = [(one.schema_name, one.reader) for one in read_readers(out, schema, most=0)]
    found = [
        LiveVersion(one.schema, one.is_current, one.structure, tuple(name for at, name in readers if at == one.schema))
        for one in known
    ]
    return sorted(found, key=lambda one: not one.is_current), next_version(known, runtime.versions)


def _on_partners(altered: Iterable[Altered], schema: str) -> Iterator[Effect]:
    for one in altered:
        yield _effect(OF_IN_TABLES[one.kind], Party.PARTNERS, "", one, schema)


def _on_readers(version: LiveVersion, wanted: OutStructure, following: str, loading: Loading) -> Iterator[Effect]:
    """Each change once for those who read the version without confirming, and once for each reader that confirms."""
    if version.structure is None:
        return
    altered = altered_versions(version.structure, wanted)
    ended = list(loading.ended(version.structure))
    if version.is_current:
        ended = _staying(ended, altered)
    for one in (*altered, *ended):
        is_now = version.is_current or one.kind in (Alteration.TYPE_WIDENED, Alteration.VALUES_ENDED)
        for reader in ("", *version.readers):
            meaning = OF_VERSIONS[one.kind]
            yield _effect(meaning, Party.READERS, reader, one, version.schema, following=following, is_now=is_now)


def _on_consumers(altered: Iterable[Altered], output: OutMigrationKafka) -> Iterator[Effect]:
    for one in altered:
        if one.kind in OF_TOPICS:
            yield _effect(OF_TOPICS[one.kind], Party.TOPICS, "", one, output.topic_of(one.table))


def _staying(ended: Iterable[Altered], altered: Iterable[Altered]) -> list[Altered]:
    """Without those that leave in any case."""
    gone = {(one.table, one.before if one.kind is _RENAMED else one.column) for one in altered if one.kind in _GONE}
    return [one for one in ended if (one.table, one.column) not in gone and (one.table, "") not in gone]


def _altered_objects(
    shown: OutStructure, wanted: OutStructure, loading: Loading, output: OutMigrationKafka
) -> Iterator[Altered]:
    """What records have otherwise as far as versions tell, without the documents in use."""
    tables = _objects(shown) | _objects(wanted)
    natives = {
        column.name for one in (*shown.instances, *wanted.instances) for column in one.columns if column.source != FIELD
    }
    altered = altered_versions(shown, wanted)
    for one in (*altered, *_staying(loading.ended(shown), altered)):
        bo, field = tables.get(one.table, ("", ""))
        named = output.fields.get(bo)
        is_sent = bo and (not output.business_objects or bo in output.business_objects)
        is_shown = not named or (field or one.column) in ("", *named)
        if is_sent and is_shown and not (not field and one.column in natives):
            yield replace(one, table=bo, column=field or one.column) if field else one


def _objects(structure: OutStructure) -> dict[str, tuple[str, str]]:
    """Table -> the object whose records it is, and the field of a table of links."""
    found = {table.name: (table.bo, "") for table in structure.instances}
    return found | {link.name: (link.bo, link.field) for link in structure.links}


def _effect(
    meaning: Meaning,
    party: Party,
    reader: str,
    one: Altered,
    schema: str,
    *,
    following: str = "",
    is_now: bool = True,
) -> Effect:
    words = {"table": one.table, "column": one.column, "before": one.before, "after": one.after, "next": following}
    # A renamed column is looked for by the name that it has now in the table.
    column = one.before if one.kind is _RENAMED else one.column
    location = ".".join(part for part in (schema, one.table, column) if part)
    what, do = meaning.what.format(**words), meaning.do.format(**words)
    return Effect(meaning.impact, party, reader, str(one.kind), location, what, do, is_now)


def _of_rules(changed: Iterable[RuleChange], runtime: Runtime) -> Iterator[Effect]:
    for one in changed:
        words = {"before": one.before or "none", "after": one.after or "none", "column": one.field}
        for party, meaning in OF_RULES[one.rule].items():
            if not (one.is_loaded if party is Party.PARTNERS else one.is_uploaded):
                continue
            schema = runtime.in_schema if party is Party.PARTNERS else runtime.versions.views_schema
            table = names.in_table(one.bo) if party is Party.PARTNERS else names.out_table(one.bo)
            location = ".".join(part for part in (schema, table, one.field) if part)
            what, do = meaning.what.format(**words), meaning.do.format(**words)
            yield Effect(meaning.impact, party, "", str(one.rule), location, what, do)


def as_json(found: MetadataImpact) -> Mapping[str, object]:
    return {
        "company": found.company,
        "breaking": found.count(Impact.BREAKING),
        "additive": found.count(Impact.ADDITIVE),
        "areRulesCompared": found.are_rules_compared,
        "changes": [
            {
                "impact": one.impact,
                "party": one.party,
                "reader": one.reader or None,
                "kind": one.kind,
                "location": one.location,
                "what": one.what,
                "do": one.do,
                "isNow": one.is_now,
            }
            for one in found.effects
        ],
    }
