"""What the Graph API reads out of a form in its own way: booleans, and lists as `name[0]`."""

from __future__ import annotations

import re

from postflow_desktop.sandbox.exchange import Json
from postflow_desktop.sandbox.forms import Form, json_value


def is_false(form: Form, name: str) -> bool:
    """Whether a parameter is there and means no."""
    return str(form.fields.get(name, "")).lower() in {"false", "0"}


def objects_of(form: Form, name: str) -> list[Json]:
    """The objects of a list; it may come as JSON or as `name[0]`, `name[1]`."""
    value = form.value(name)
    if value is None:
        names = (one for one in form.fields if re.fullmatch(rf"{name}\[\d+\]", one))
        value = [json_value(form.fields[one]) for one in names]
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
