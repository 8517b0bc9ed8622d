"""What each kind of a change means: to whom, breaking or additive, and what to do. Pure; no I/O.

Breaking: a statement that worked fails, or its rows or its answer mean something else. Additive: neither.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from etl.ddl.changed_tables import Alteration
from etl.metadata.changed_rules import Rule


class Party(StrEnum):
    """Who notices a change."""

    PARTNERS = "partners"
    READERS = "readers"
    TOPICS = "consumers"


class Impact(StrEnum):
    BREAKING = "breaking"
    ADDITIVE = "additive"


@dataclass(frozen=True)
class Meaning:
    """What a change means to a party, and what to do: sentences with {table}, {column}, {before}, {after}, {next}."""

    impact: Impact
    what: str
    do: str


def _breaks(what: str, do: str) -> Meaning:
    return Meaning(Impact.BREAKING, what, do)


def _adds(what: str, do: str) -> Meaning:
    return Meaning(Impact.ADDITIVE, what, do)


_APPLY: Final = "`etl generate-ddl --direction in --apply`, then send the partners the new contract (`etl contract`)"
_BESIDE: Final = (
    "keep {before} and add {column} beside it; tell the partners, and remove {before} when they write {column} only"
)
_NEW_FIELD: Final = (
    "add a field of the new type beside it, tell the partners, and remove this one when they write the new one"
)
_STOP: Final = "tell the partners first; deploy it when they have stopped to write there"
_INFORM: Final = "tell the partners before it is deployed, and send them the new contract (`etl contract`)"
_CONTRACT: Final = "send the partners the new contract (`etl contract`)"
_INFORM_READERS: Final = "tell the readers before it is deployed"
_BUILD: Final = "`etl out build --version {next}`, then `etl out switch {next}`"
_MOVE: Final = (
    "`etl out build --version {next}`, let readers try it by its name, `etl out switch {next}`, retire the old one "
    "later"
)
_RETIRE: Final = (
    "`etl out build --version {next}`, `etl out switch {next}`, and retire this version before longer values come"
)
_KEEP_LOADED: Final = "keep it loaded until the readers have left it"
_CONSUMERS: Final = "there are no versions in a topic: tell its consumers before it is deployed"
_NO_NEED: Final = "nothing: consumers pass over what they do not know"

OF_IN_TABLES: Final = {
    Alteration.TABLE_ADDED: _adds("a new table, which partners may fill", _APPLY),
    Alteration.TABLE_REMOVED: _breaks("inserts still work, and no run reads the rows", _STOP),
    Alteration.COLUMN_ADDED: _adds("inserts without the column work as before and leave it empty", _APPLY),
    Alteration.COLUMN_REMOVED: _breaks("the column stays, and no run reads what is written there", _STOP),
    Alteration.COLUMN_RENAMED: _breaks(
        "{before} is gone and {column} is new, of the same type: no run reads what is written to {before}", _BESIDE
    ),
    Alteration.TYPE_WIDENED: _adds("every value of {before} fits into {after}", _APPLY),
    Alteration.TYPE_CHANGED: _breaks("{before} cannot become {after} in place: `--apply` refuses it", _NEW_FIELD),
}
"""To partners, by their in_ tables."""

OF_VERSIONS: Final = {
    Alteration.TABLE_ADDED: _adds("a new table", _BUILD),
    Alteration.TABLE_REMOVED: _breaks("the table leaves the next version", _MOVE),
    Alteration.COLUMN_ADDED: _adds("a new column; queries that name their columns work as before", _BUILD),
    Alteration.COLUMN_REMOVED: _breaks("the column leaves the next version", _MOVE),
    Alteration.COLUMN_RENAMED: _breaks("{before} leaves the next version, which has {column} of the same type", _MOVE),
    Alteration.TYPE_WIDENED: _breaks(
        "from {before} to {after}: this version gets no changes any more once a longer value comes", _RETIRE
    ),
    Alteration.TYPE_CHANGED: _breaks("from {before} to {after}", _MOVE),
    Alteration.TARGET_ADDED: _adds("links may lead to {after} too", _BUILD),
    Alteration.TARGET_REMOVED: _breaks("links to {before} leave the next version", _MOVE),
    Alteration.VALUES_ENDED: _breaks(
        "no row writes it any more: what is there stays, rows that come are without it", _KEEP_LOADED
    ),
    Alteration.STATE_ADDED: _breaks("{after} instances have rows in all tables, marked by system_state", _MOVE),
    Alteration.STATE_REMOVED: _breaks("{before} instances leave all tables", _MOVE),
}
"""To readers of a version that move to the next one."""

OF_TOPICS: Final = {
    Alteration.TABLE_ADDED: _adds("records of another object or link", _NO_NEED),
    Alteration.TABLE_REMOVED: _breaks("records no longer come", _CONSUMERS),
    Alteration.COLUMN_ADDED: _adds("records have another field", _NO_NEED),
    Alteration.COLUMN_REMOVED: _breaks("records no longer have the field", _CONSUMERS),
    Alteration.COLUMN_RENAMED: _breaks("records have {column} instead of {before}", _CONSUMERS),
    Alteration.TYPE_WIDENED: _breaks("values may be longer than consumers expect", _CONSUMERS),
    Alteration.TYPE_CHANGED: _breaks("values are of another type", _CONSUMERS),
    Alteration.TARGET_ADDED: _adds("links may lead to {after} too", _CONSUMERS),
    Alteration.TARGET_REMOVED: _breaks("links to {before} no longer come", _CONSUMERS),
    Alteration.TARGETS_NAMED: _breaks("links named their targets {before}, and name them {after}", _CONSUMERS),
    Alteration.VALUES_ENDED: _breaks("no row writes it any more: its values stay as they are", _CONSUMERS),
}
"""To consumers of an out topic, as there are no versions in it."""

_P, _R = Party.PARTNERS, Party.READERS
OF_RULES: Final[dict[Rule, dict[Party, Meaning]]] = {
    Rule.CATEGORY: {
        _P: _adds("from {before} to {after}: the tables are the same", "nothing"),
        _R: _adds("from {before} to {after}: the tables are the same", "nothing"),
    },
    Rule.SPELLING: {
        _P: _breaks("{before} is now {after}: in_ tables do not tell capitals, records of Kafka do", _INFORM),
        _R: _breaks("{before} is now {after}: out_ tables do not tell capitals, records of Kafka do", _INFORM_READERS),
    },
    Rule.KEY: {
        _P: _breaks("in_id was the value of {before} and is that of {after}: rows find other instances", _INFORM),
        _R: _breaks("the key was {before} and is {after}: rows may be numbered again", _INFORM_READERS),
    },
    Rule.UNIQUE_ADDED: {
        _P: _breaks("a value now finds its instance, and a row whose value another instance has is rejected", _INFORM),
        _R: _adds("no two rows have the same value", "nothing"),
    },
    Rule.UNIQUE_REMOVED: {
        _P: _breaks("a value no longer finds its instance: rows without a known in_id become new instances", _INFORM),
        _R: _breaks("two rows may have the same value", _INFORM_READERS),
    },
    Rule.REQUIRED_ADDED: {
        _P: _adds("runs take rows without it; the contract and its check.sql ask for it", _INFORM),
        _R: _adds("partners are to fill it", "nothing"),
    },
    Rule.REQUIRED_REMOVED: {
        _P: _adds("the contract no longer asks for it", _CONTRACT),
        _R: _adds("partners may leave it out, as runs allowed before", "nothing"),
    },
    Rule.CHOICES_ADDED: {
        _P: _adds("{after} can be written too", _INFORM),
        _R: _adds("{after} may be in the column too; what is stored stays", _INFORM_READERS),
    },
    Rule.CHOICES_REMOVED: {
        _P: _breaks("rows with {before} are rejected (OPTION_UNKNOWN)", _INFORM),
        _R: _adds("{before} no longer comes; what is stored stays", "nothing"),
    },
    Rule.CHOICES_EXCHANGED: {
        _P: _breaks("an id was stored as another choice: {before}, now {after}", _INFORM),
        _R: _breaks("what partners write is another choice: {before}, now {after}", _INFORM_READERS),
    },
    Rule.CHOICES_ELSEWHERE: {
        _P: _breaks("the choices come from {after} instead of {before}", _INFORM),
        _R: _breaks("the values come from {after} instead of {before}", _INFORM_READERS),
    },
    Rule.IDS_KEPT: {
        _P: _breaks("{before} were stored as the codes of choices, and are stored as they are", _INFORM),
        _R: _breaks("{before} were shown as the codes of choices, and are shown as they are", _INFORM_READERS),
    },
    Rule.TIME_ZONE: {
        _P: _breaks("dates are read {after} east of Greenwich instead of {before}", _INFORM),
        _R: _breaks("the same text of a partner is another instant than before", _INFORM_READERS),
    },
    Rule.ROWS_REJECTED: {
        _P: _breaks("a bad value rejects its row, which was taken without the value", _INFORM),
        _R: _adds("rows with a bad value no longer come", "nothing"),
    },
    Rule.VALUES_SKIPPED: {
        _P: _adds("a bad value no longer rejects its row", _CONTRACT),
        _R: _adds("rows come that were rejected, without the bad value", _INFORM_READERS),
    },
    Rule.LINKS_REPLACED: {
        _P: _breaks("what a batch gives for an owner is all: links that it does not name are removed", _INFORM),
        _R: _breaks("links leave that no row removes", _INFORM_READERS),
    },
    Rule.LINKS_KEPT: {
        _P: _breaks("links stay until a row removes them; they were replaced by those of a batch", _INFORM),
        _R: _breaks("more links per owner than before", _INFORM_READERS),
    },
    Rule.ONE_LINK: {
        _P: _breaks("the newest link takes the place of the others", _INFORM),
        _R: _breaks("one link per owner", _INFORM_READERS),
    },
    Rule.MANY_LINKS: {
        _P: _breaks("a new link no longer takes the place of the old one", _INFORM),
        _R: _breaks("several links per owner: a join gives several rows", _INFORM_READERS),
    },
    Rule.TARGETS_ADDED: {
        _P: _adds("links may lead to {after} too", _APPLY),
    },
    Rule.TARGETS_REMOVED: {
        _P: _breaks("links to {before} are no longer read, or find nothing", _INFORM),
    },
    Rule.LOADED: {
        _P: _breaks(
            "rows without it empty what another source has written, unless nullPolicy=keep",
            "fill the column for the rows that are handed over, or set nullPolicy=keep",
        ),
        _R: _breaks("rows without it empty what another source has written, unless nullPolicy=keep", _INFORM_READERS),
    },
    Rule.SOURCES: {
        _P: _breaks("of several sources, {before} counted more, and now {after}: others do not overwrite it", _INFORM),
        _R: _breaks("of several sources, {before} counted more, and now {after}", _INFORM_READERS),
    },
    Rule.SOURCE_TIME: {
        _P: _breaks("the time was {before} and is {after}: older rows and those without it overwrite nothing", _INFORM),
        _R: _breaks("the time was {before} and is {after}: another row's values may be there", _INFORM_READERS),
    },
    Rule.AHEAD_LESS: {
        _P: _breaks("times may be ahead by {after} instead of {before}: rows with later ones are rejected", _INFORM),
        _R: _adds("rows with later times no longer come", "nothing"),
    },
    Rule.AHEAD_MORE: {
        _P: _adds("times may be ahead by {after} instead of {before}", _CONTRACT),
        _R: _adds("rows come that were rejected", "nothing"),
    },
    Rule.KIND: {
        _P: _breaks("from {before} to {after}: values that were good may be rejected or read otherwise", _NEW_FIELD),
        _R: _breaks("from {before} to {after}: values have another form", _INFORM_READERS),
    },
    Rule.KIND_FREE: {
        _P: _adds("from {before} to {after}: every text is good as before", _CONTRACT),
        _R: _adds("from {before} to {after}: a text as before", "nothing"),
    },
    Rule.OTHER: {
        _P: _breaks("{before}: what is stored may be another value", _INFORM),
        _R: _breaks("{before}: what is stored may be another value", _INFORM_READERS),
    },
}
"""To partners, where they load the field, and to readers and consumers, where it is shown. Readers meet other targets
as changes of their version."""
