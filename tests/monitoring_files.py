"""The alert rules and the dashboard of share/etl/monitoring/ as values: which metrics and labels they read."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from etl.monitoring import MEASURES
from tests.documentation import CHECKOUT

FOLDER = CHECKOUT / "share/etl/monitoring"
ALERTS, ALERTS_TEST, DASHBOARD = (FOLDER / name for name in ("alerts.yaml", "alerts_test.yaml", "dashboard.json"))

# What stands for labels: a matcher, a grouping, a legend, an annotation.
_LABELS = (r"(\w+)\s*(?:=~|!~|!=|=)\s*\"", r"\{\{\s*(?:\$labels\.)?(\w+)\s*\}\}")
_GROUPING = re.compile(r"\b(?:by|on)\s*\(([^)]*)\)")


def rules(path: Path = ALERTS) -> list[dict[str, Any]]:
    """The alert rules of all groups."""
    groups = yaml.safe_load(path.read_text(encoding="utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


def queries() -> list[dict[str, str]]:
    """The queries of the dashboard's panels."""
    panels = json.loads(DASHBOARD.read_text(encoding="utf-8"))["panels"]
    return [target for panel in panels for target in panel.get("targets", ())]


def used() -> set[tuple[str, str]]:
    """(metric, label) of all that is read; the label is empty for the metric itself."""
    return {pair for text, shown in _expressions() for pair in _pairs(text, shown)}


def lacking(page: str, prefix: str, but: tuple[str, ...] = ()) -> set[tuple[str, str]]:
    """What is used of the metrics with this prefix, but not with another one, and is not on a page of metrics; and
    labels there that are not those of their measure."""
    lines = [line for line in page.splitlines() if not line.startswith("#")]
    found = {(re.split(r"[{ ]", line)[0], label) for line in lines for label in ["", *re.findall(r'(\w+)="', line)]}
    wanted = {pair for pair in used() if pair[0].startswith(prefix) and not pair[0].startswith(but)}
    assert wanted, prefix
    return wanted - found | set(_mislabelled(lines))


def _mislabelled(lines: list[str]) -> Iterator[tuple[str, str]]:
    declared = {one.prometheus_name: {"company", *one.labels} for one in MEASURES}
    for line in lines:
        name, labels = re.split(r"[{ ]", line)[0], set(re.findall(r'(\w+)="', line))
        if name in declared and labels != declared[name]:
            yield name, ",".join(sorted(labels))


def _expressions() -> Iterator[tuple[str, str]]:
    """An expression, and the text beside it in which labels are shown."""
    for rule in rules():
        yield rule["expr"], " ".join(rule["annotations"].values())
    for query in queries():
        yield query["expr"], query["legendFormat"]
    variables = json.loads(DASHBOARD.read_text(encoding="utf-8"))["templating"]["list"]
    for metric, label in re.findall(r"label_values\((\w+), (\w+)\)", json.dumps(variables)):
        yield metric, f"{{{{{label}}}}}"


def _pairs(expression: str, shown: str) -> Iterator[tuple[str, str]]:
    labels = [label for pattern in _LABELS for label in re.findall(pattern, f"{expression} {shown}")]
    labels += [label.strip() for group in _GROUPING.findall(expression) for label in group.split(",")]
    for metric in re.findall(r"\betl_\w+", expression):
        yield from ((metric, label) for label in ["", *labels])
