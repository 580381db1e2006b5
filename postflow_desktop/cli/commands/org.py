"""`postflow org create|list|switch|set|plan`."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from dataclasses import replace

from postflow_desktop.cli.arguments import WrongUsage
from postflow_desktop.cli.context import Context
from postflow_desktop.cli.output import Result
from postflow_desktop.domain.errors import InvalidInput, NotFound
from postflow_desktop.domain.late import LatePolicy
from postflow_desktop.domain.plan import Meter
from postflow_desktop.domain.time import utc_text
from postflow_desktop.services.ports.organizations import Organization, OrganizationSettings

SETTINGS = ("minLeadMinutes", "latePolicy", "lateGraceMinutes", "maxTries")


def add(parser: ArgumentParser) -> None:
    """The grammar."""
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    create = verbs.add_parser("create", help="make an organization and make it the current one")
    create.add_argument("name")
    create.add_argument("--zone", help="IANA time zone (default: this machine's)")
    create.set_defaults(run=_create)
    verbs.add_parser("list", help="your organizations").set_defaults(run=_list)
    switch = verbs.add_parser("switch", help="make another organization the current one")
    switch.add_argument("organization", help="slug or id")
    switch.set_defaults(run=_switch)
    change = verbs.add_parser("set", help="change a setting of the current organization")
    change.add_argument("setting", choices=SETTINGS)
    change.add_argument(
        "value", help="minutes, a number of tries, or for latePolicy: ask, publish, skip"
    )
    change.set_defaults(run=_set)
    verbs.add_parser("plan", help="the plan, what is used of it, what is locked").set_defaults(
        run=_plan
    )


def _create(context: Context, options: Namespace) -> Result:
    workspace = context.workspace
    made = workspace.organizations.create(options.name, context.person, options.zone)
    context.machine.home.set_organization(workspace.record.id, made.id)
    lines = [
        f"Organization '{made.name}' ({made.slug}, {made.timezone}) is the current one.",
        "Next: postflow account connect bluesky --handle YOU.bsky.social",
    ]
    return Result({"organization": _document(made)}, lines)


def _list(context: Context, options: Namespace) -> Result:
    del options
    workspace = context.workspace
    mine = workspace.organizations.list(context.person.user_id)
    current = context.machine.home.workspace(workspace.record.id).organization_id
    documents = [
        {**_document(o), "role": role.value, "current": o.id == current} for o, role in mine
    ]
    lines = [
        f"{'*' if o.id == current else ' '} {o.slug}  {o.name} ({role.value})" for o, role in mine
    ]
    return Result({"organizations": documents}, lines or ["You are in no organization yet."])


def _switch(context: Context, options: Namespace) -> Result:
    workspace = context.workspace
    found, _ = workspace.organizations.find(context.person.user_id, options.organization)
    context.machine.home.set_organization(workspace.record.id, found.id)
    return Result({"organization": _document(found)}, [f"Current organization: {found.name}"])


def _set(context: Context, options: Namespace) -> Result:
    seat = context.seat
    settings = _changed(seat.organization.settings, options.setting, options.value)
    changed = seat.workspace.organizations.change_settings(seat.member, settings)
    return Result({"organization": _document(changed)}, [f"{options.setting} is {options.value}."])


def _plan(context: Context, options: Namespace) -> Result:
    del options
    seat = context.seat
    found = seat.workspace.entitlements.show(seat.organization.id)
    if found is None:
        raise NotFound(
            "This organization is gone.",
            code="unknown_organization",
            fix="See yours: postflow org list",
        )
    limits = {meter.value: found.plan.limits.of(meter) for meter in Meter}
    document = {
        "plan": {
            "slug": found.plan.slug,
            "name": found.plan.name,
            "limits": limits,
            "features": sorted(found.plan.features),
        },
        "used": {usage.meter.value: usage.used for usage in found.usages},
        "month": utc_text(found.month),
        "locked": {
            "accounts": list(found.locked_accounts),
            "members": list(found.locked_members),
        },
    }
    lines = [f"Plan {found.plan.name}"]
    for usage in found.usages:
        end = "without end" if usage.most is None else f"of {usage.most:,}"
        lines.append(f"  {usage.meter.value}: {usage.used:,} {end}")
    lines += [f"  account {each} is locked" for each in found.locked_accounts]
    return Result(document, lines)


def _changed(settings: OrganizationSettings, name: str, value: str) -> OrganizationSettings:
    match name:
        case "minLeadMinutes":
            return replace(settings, min_lead_minutes=_number(name, value))
        case "latePolicy":
            return replace(settings, late=replace(settings.late, policy=_policy(value)))
        case "lateGraceMinutes":
            late = replace(settings.late, grace_minutes=_number(name, value))
            return replace(settings, late=late)
        case "maxTries":
            return replace(settings, max_tries=_number(name, value))
        case _:
            raise WrongUsage(f"There is no setting '{name}'.")


def _number(name: str, value: str) -> int:
    try:
        return int(value)
    except ValueError as error:
        raise InvalidInput(
            f"{name} can't be '{value}'.", code="bad_setting", fix="Use a number."
        ) from error


def _policy(value: str) -> LatePolicy:
    try:
        return LatePolicy(value)
    except ValueError as error:
        raise InvalidInput(
            f"latePolicy can't be '{value}'.",
            code="bad_setting",
            fix="Use ask (a person decides), publish (however late) or skip (leave it).",
        ) from error


def _document(organization: Organization) -> dict[str, object]:
    settings = organization.settings
    return {
        "id": organization.id,
        "slug": organization.slug,
        "name": organization.name,
        "timezone": organization.timezone,
        "settings": {
            "minLeadMinutes": settings.min_lead_minutes,
            "latePolicy": settings.late.policy.value,
            "lateGraceMinutes": settings.late.grace_minutes,
            "maxTries": settings.max_tries,
        },
    }
