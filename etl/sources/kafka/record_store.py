"""Where batches of records go."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import sqlalchemy

from etl.database import transaction
from etl.merge import Matching, MergeContext, Source
from etl.sources.kafka.link_fields import LinkFields
from etl.sources.kafka.positions import Locked, Positions
from etl.sources.kafka.remembered import RememberedRecords
from etl.sources.kafka.rules import RecordRules
from etl.sources.kafka.shapes import CompanyShape
from etl.store import Store, UnitKind

SOURCE_NAME = "kafka"
"""The source of batches, as units of work name it."""


@dataclass(frozen=True)
class RecordStore:
    """Where batches go: the engine and the fixed tables of a store, the company as records see it, and PostgreSQL's
    settings for a transaction that merges."""

    engine: sqlalchemy.Engine
    store: Store
    positions: Positions
    company: CompanyShape
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def rules(self) -> RecordRules:
        """What records may do."""
        return self.company.rules

    @property
    def remembered(self) -> RememberedRecords:
        return RememberedRecords(self.store.schema)

    @property
    def source(self) -> Source:
        """What the merge knows of records."""
        return Source(
            SOURCE_NAME,
            Matching.REJECT,
            gives_some=True,
            is_ordered=True,
            creates_ids=self.rules.creates_unknown_ids,
            knows_owners=True,
            marks_removals=True,
        )

    @property
    def link_fields(self) -> LinkFields:
        return self.company.link_fields

    def next_unit(self) -> int:
        """The number of a unit. In a transaction of its own: who takes one waits for others that do."""
        # Its commit waits for no disk: that of the batch, which comes later in the WAL, makes the number durable too.
        # After a crash before that, no row has the number, and it is given again.
        with transaction(self.engine, synchronous_commit="off") as connection:
            return self.store.next_number(connection)

    def context(self, unit: int, locked: Locked) -> MergeContext:
        return MergeContext.of_staged(self.store.schema, unit, locked.at, self.rules, self.source, UnitKind.BATCH)
