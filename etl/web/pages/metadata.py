"""Metadata: what the business objects in use change in the live tables, and what other documents would change: for
partners, for each reader of each out_ version, for consumers of topics."""

from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import Final

from etl.errors import ConfigurationError
from etl.metadata import parse_company, with_document, without_document
from etl.monitoring.impact import MetadataImpact, read_impact
from etl.monitoring.impact_texts import Impact
from etl.web.asked import Asked
from etl.web.pages.frame import CompanyPage, LastGood, framed, last_good
from etl.web.problems import bad_request
from etl.web.requests import ActionRequest, Done, Model, PageRequest
from etl.web.roles import Role
from etl.web.texts.sentence import sentence_of

# A document with more characters is none that a person has written.
_LONGEST_DOCUMENT: Final = 500_000
# Each reader of each version meets each change.
_MOST_EFFECTS: Final = 500


class ShownEffect(Model):
    """One change for one party; `reader` is "" for all who do not confirm, and for others than readers. `is_now`: false
    where only readers of an older version meet it, when they leave it."""

    impact: str
    party: str
    reader: str
    kind: str
    location: str
    what: str
    do: str
    is_now: bool


class ShownImpact(Model):
    """What documents change; what breaks comes first. The counts are of what comes now; `more`: how many effects are
    not shown."""

    breaking: int
    additive: int
    effects: tuple[ShownEffect, ...]
    more: int


class Preview(Model):
    """What a document would change. `removed`: the object without whose document; `problems`: why the documents would
    be refused; then nothing is known of what they change."""

    document: str
    removed: str
    taken_at: datetime
    problems: str
    impact: ShownImpact | None


class MetadataPage(CompanyPage):
    """`live`: what the documents in use change in the tables and versions as they are. `objects`: the codes of the
    documents in use; `preview`: what the viewer has asked lately."""

    objects: tuple[str, ...]
    live: ShownImpact
    preview: Preview | None
    faults: tuple[LastGood, ...]


_PREVIEWS: Final = Asked[Preview]()


def page(request: PageRequest) -> MetadataPage:
    """What the documents in use change, and what the viewer has asked lately."""
    runtime = request.runtime
    return MetadataPage(
        **framed(request),
        objects=tuple(sorted(PurePosixPath(path).stem for path in request.open_documents())),
        live=_shown(read_impact(runtime, runtime.company, None)),
        preview=_preview(request),
        faults=last_good(request),
    )


def preview(request: ActionRequest) -> Done:
    """Says what a document would change if it were in the configuration: against the documents in use, the live tables
    and versions. Writes nothing."""
    document, removed = request.form.get("document", ""), request.form.get("removed", "")
    if bool(document.strip()) is bool(removed) or len(document) > _LONGEST_DOCUMENT:
        raise bad_request(sentence_of("sentence.one_document"))
    impact, problems = None, ""
    try:
        impact = _shown(_impact(request, document, removed))
    except ConfigurationError as refusal:
        problems = str(refusal)
    found = Preview(document=document, removed=removed, taken_at=datetime.now(UTC), problems=problems, impact=impact)
    _PREVIEWS.keep((request.company, request.viewer.name), found)
    if impact is None:
        return Done("/metadata#preview", sentence_of("sentence.not_sound"), {"is_sound": False, "problems": problems})
    values = {"is_sound": True, "breaking": impact.breaking, "additive": impact.additive}
    counted = sentence_of("sentence.would_change", breaking=impact.breaking, additive=impact.additive)
    return Done("/metadata#preview", counted, values)


def _impact(request: ActionRequest, document: str, removed: str) -> MetadataImpact:
    in_use = request.open_documents()
    wanted = without_document(in_use, removed) if removed else with_document(in_use, document)
    runtime = request.runtime
    return read_impact(runtime, parse_company(runtime.company.code, wanted), runtime.company)


def _shown(found: MetadataImpact) -> ShownImpact:
    ordered = sorted(found.effects, key=lambda one: (not one.is_now, one.impact is not Impact.BREAKING))
    fields = tuple(ShownEffect.model_fields)
    return ShownImpact(
        breaking=found.count(Impact.BREAKING),
        additive=found.count(Impact.ADDITIVE),
        effects=tuple(ShownEffect(**{name: getattr(one, name) for name in fields}) for one in ordered[:_MOST_EFFECTS]),
        more=max(len(ordered) - _MOST_EFFECTS, 0),
    )


def _preview(request: PageRequest) -> Preview | None:
    """What the viewer has asked lately."""
    found = _PREVIEWS.lately((request.company, request.viewer.name))
    return found if request.viewer.role is Role.OPERATOR else None
