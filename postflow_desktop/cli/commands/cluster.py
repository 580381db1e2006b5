"""`postflow cluster indexes|validate|migrate|shard-plan`: a workspace's database, for operators."""

from __future__ import annotations

import json
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Sequence
from typing import Any

from postflow_desktop.cli.context import Context
from postflow_desktop.cli.output import Result, progress, table
from postflow_desktop.domain.time import utc_text
from postflow_desktop.services.ports.inspection import (
    CollectionReport,
    Finding,
    IndexChange,
    IndexReport,
    IndexState,
    ShardStep,
)

_SHOWN_FINDINGS = 20
_MAX_FINDINGS = 10_000


def add(parser: ArgumentParser) -> None:
    """The grammar."""
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    indexes = verbs.add_parser("indexes", help="indexes: what is there, missing, extra, unused")
    indexes.set_defaults(run=_indexes)
    validate = verbs.add_parser("validate", help="check every document, and what leads to nothing")
    validate.add_argument(
        "--findings",
        type=_number,
        default=_SHOWN_FINDINGS,
        metavar="N",
        help=f"how many findings of each collection are told (default: {_SHOWN_FINDINGS})",
    )
    validate.set_defaults(run=_validate)
    migrate = verbs.add_parser("migrate", help="bring the workspace to this PostFlow's version")
    migrate.add_argument(
        "--to",
        type=int,
        metavar="N",
        help="to that version, back too; it stays there for an older PostFlow until it is brought "
        "up again",
    )
    migrate.set_defaults(run=_migrate)
    plan = verbs.add_parser("shard-plan", help="how the collections would be sharded")
    plan.add_argument(
        "--apply",
        action="store_true",
        help="do it, on a sharded cluster; nobody has tried this on one yet",
    )
    plan.set_defaults(run=_shard_plan)


def _number(text: str) -> int:
    if not text.isdecimal() or int(text) > _MAX_FINDINGS:
        raise ArgumentTypeError(f"'{text}' is no number from 0 to {_MAX_FINDINGS}")
    return int(text)


def _indexes(context: Context, options: Namespace) -> Result:
    del options
    inspection = context.workspace.cluster.inspection
    found = inspection.indexes()
    unknown = list(inspection.unknown_collections())
    wrong = [report for report in found if report.state is not IndexState.OK]
    unused = [report for report in found if report.is_unused]
    document: dict[str, Any] = {
        "ok": not any(r.state in (IndexState.MISSING, IndexState.DIFFERENT) for r in found),
        "indexes": [_index(report) for report in found],
        "missing": _names(found, IndexState.MISSING),
        "extra": _names(found, IndexState.EXTRA),
        "different": _names(found, IndexState.DIFFERENT),
        "unused": [f"{report.collection}.{report.name}" for report in unused],
        "unknownCollections": unknown,
    }
    lines = [
        *table([(r.state.value, r.collection, _keys(r.keys), *_told(r)) for r in found]),
        "",
        (
            f"{len(found)} indexes: {len(found) - len(wrong)} as they should be, "
            f"{len(document['missing'])} missing, {len(document['extra'])} extra, "
            f"{len(document['different'])} different, {len(unused)} unused since they are counted."
        ),
        "Uses are those of the server that was asked, since it started.",
        "postflow cluster migrate makes what is missing, and makes anew what is different.",
    ]
    if unknown:
        lines.append(f"Collections of somebody else, or of a newer PostFlow: {', '.join(unknown)}.")
    return Result(document, lines)


def _validate(context: Context, options: Namespace) -> Result:
    inspection = context.workspace.cluster.inspection
    reports = list(inspection.documents(progress, findings=options.findings))
    findings = [finding for report in reports for finding in report.findings]
    counted = sum(r.refused + r.broken + r.orphans + r.foreign for r in reports)
    document = {
        "ok": all(report.is_sound for report in reports),
        "documents": sum(report.documents for report in reports),
        "collections": [_collection(report) for report in reports],
        "findings": [_finding(finding) for finding in findings],
        "findingsLeftOut": counted - len(findings),
        "unknownCollections": list(inspection.unknown_collections()),
    }
    heading = (
        "collection",
        "documents",
        "30 days",
        "refused",
        "broken",
        "orphans",
        "foreign",
        "gone",
    )
    rows = [heading, *(_row(report) for report in reports)]
    lines = [*table(rows), ""]
    lines += [f"{f.collection} {f.id}: {f.path or f.kind}: {f.problem}" for f in findings]
    if document["findingsLeftOut"]:
        lines.append(f"… and {document['findingsLeftOut']:,} more (--findings N).")
    lines.append(
        "Every document is sound."
        if document["ok"]
        else f"{counted:,} findings; nothing was changed."
    )
    return Result(document, lines)


def _migrate(context: Context, options: Namespace) -> Result:
    cluster = context.workspace_as_it_is().cluster
    done = cluster.migrate(options.to, progress)
    document = {
        "from": done.before,
        "to": done.after,
        "steps": [{"version": s.version, "title": s.title, "back": s.back} for s in done.steps],
    }
    lines = [f"{'Undone' if s.back else 'Done'}: {s.version} {s.title}" for s in done.steps]
    lines.append(
        f"The workspace is at version {done.after}."
        if done.before == done.after
        else f"The workspace went from version {done.before} to {done.after}."
    )
    return Result(document, lines)


def _shard_plan(context: Context, options: Namespace) -> Result:
    cluster = context.workspace.cluster
    steps = cluster.inspection.shard_plan()
    document: dict[str, Any] = {
        "database": cluster.name,
        "collections": [_step(step) for step in steps],
        "commands": _commands(cluster.name, steps),
        "applied": None,
    }
    lines = [
        *table(
            [(s.collection, _keys(s.key) if s.key else "on one shard", s.why) for s in steps],
        ),
        "",
        "For mongosh, at the mongos of a sharded cluster:",
        *document["commands"],
    ]
    warning = "No sharded cluster was at hand to try this on; try it on a copy first."
    if options.apply:
        document["applied"] = list(cluster.inspection.shard())
        lines = [f"Sharded: {', '.join(document['applied'])}."]
    return Result(document, lines, warnings=[warning])


def _names(found: Sequence[IndexReport], state: IndexState) -> list[str]:
    return [f"{r.collection}.{r.name}" for r in found if r.state is state]


def _told(report: IndexReport) -> tuple[str, str]:
    uses = "" if report.uses is None else f"{report.uses:,} uses"
    return uses, " ".join(report.options)


def _index(report: IndexReport) -> dict[str, Any]:
    return {
        "collection": report.collection,
        "name": report.name,
        "keys": [list(pair) for pair in report.keys],
        "state": report.state.value,
        "options": list(report.options),
        "uses": report.uses,
        "since": utc_text(report.since),
    }


def _collection(report: CollectionReport) -> dict[str, Any]:
    return {
        "name": report.name,
        "documents": report.documents,
        "newIn30Days": report.recent,
        "refused": report.refused,
        "broken": report.broken,
        "orphans": report.orphans,
        "foreign": report.foreign,
        "gone": report.gone,
    }


def _row(report: CollectionReport) -> tuple[str, ...]:
    recent = "" if report.recent is None else f"{report.recent:,}"
    counts = (report.refused, report.broken, report.orphans, report.foreign, report.gone)
    return (report.name, f"{report.documents:,}", recent, *(f"{n:,}" for n in counts))


def _finding(finding: Finding) -> dict[str, str]:
    return {
        "collection": finding.collection,
        "id": finding.id,
        "kind": finding.kind,
        "path": finding.path,
        "problem": finding.problem,
    }


def _step(step: ShardStep) -> dict[str, Any]:
    return {
        "name": step.collection,
        "key": dict(step.key) or None,
        "why": step.why,
        "replaced": [{"index": name, "by": _change(change)} for name, change in step.replaced],
        "added": [_change(change) for change in step.added],
    }


def _change(change: IndexChange) -> dict[str, Any]:
    return {"name": change.name, "keys": dict(change.keys), "options": dict(change.options)}


def _commands(database: str, steps: Sequence[ShardStep]) -> list[str]:
    """What `--apply` does, in the language of mongosh."""
    lines = [f"sh.enableSharding({json.dumps(database)})"]
    for step in (each for each in steps if each.key):
        where = f"db.getCollection({json.dumps(step.collection)})"
        for change in [*step.added, *(change for _, change in step.replaced)]:
            options = {"name": change.name, **dict(change.options)}
            keys = json.dumps(dict(change.keys))
            lines.append(f"{where}.createIndex({keys}, {json.dumps(options)})")
        lines += [f"{where}.dropIndex({json.dumps(name)})" for name, _ in step.replaced]
        name = json.dumps(f"{database}.{step.collection}")
        lines.append(f"sh.shardCollection({name}, {json.dumps(dict(step.key))})")
    return lines


def _keys(keys: Sequence[tuple[str, object]]) -> str:
    return "{" + ", ".join(f"{field}: {way}" for field, way in keys) + "}"
