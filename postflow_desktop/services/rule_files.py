"""Files in which a team writes down what a network takes now: JSON or TOML, checked field by field.

    textLength = 500
    note = "X raised it on 20 November"

What is wrong is said with its line and field, and then nothing of the file counts.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model

from postflow_desktop.domain.errors import InvalidInput
from postflow_desktop.domain.network import Cap
from postflow_desktop.domain.own_rules import (
    CAP_POSTS,
    CAP_SECONDS,
    FIELDS,
    MAX_CAPS,
    MAX_NOTE,
    OWN_SOURCE,
    RuleField,
    RuleValue,
)

MAX_FILE_BYTES = 100_000


class _CapModel(BaseModel):
    """So many posts of an account in so many seconds."""

    model_config = ConfigDict(extra="forbid", strict=True)

    posts: int = Field(ge=CAP_POSTS[0], le=CAP_POSTS[1])
    seconds: int = Field(ge=CAP_SECONDS[0], le=CAP_SECONDS[1])


def read_rules(path: Path) -> tuple[dict[str, RuleValue], str]:
    """The rules and the note of a file; InvalidInput (`no_file`, `bad_rules`)."""
    text = _text(path)
    is_json = path.suffix.lower() == ".json" or text.lstrip().startswith("{")
    given = _json(path, text) if is_json else _toml(path, text)
    try:
        read = _MODEL.model_validate(given)
    except ValidationError as error:
        raise _first_problem(path, text, error) from error
    note: str = getattr(read, "note", None) or ""
    return {
        field.name: value for field in FIELDS if (value := _value(field, read)) is not None
    }, note


def _value(field: RuleField, read: BaseModel) -> RuleValue | None:
    value: Any = getattr(read, field.name)
    if value is None or isinstance(value, int):
        return value
    if field.words:
        return tuple(dict.fromkeys(value))
    return tuple(Cap(posts=one.posts, seconds=one.seconds, source=OWN_SOURCE) for one in value)


def _type_of(field: RuleField) -> Any:
    if field.words:
        # The words are data, so the type is made of them here, where no checker can read it.
        words: Any = Literal.__getitem__(field.words)
        return Annotated[list[words], Field(min_length=1)] | None
    if field.name == "caps":
        return Annotated[list[_CapModel], Field(max_length=MAX_CAPS)] | None
    return Annotated[int, Field(strict=True, ge=field.least, le=field.most)] | None


def _model() -> type[BaseModel]:
    made: dict[str, Any] = {field.name: (_type_of(field), None) for field in FIELDS}
    made["note"] = (Annotated[str, Field(max_length=MAX_NOTE)] | None, None)
    return create_model("RulesFile", __config__=ConfigDict(extra="forbid"), **made)


_MODEL = _model()


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise InvalidInput(
            f"'{path}' can't be read: {error.strerror or error}.",
            code="no_file",
            fix="Give the path of a JSON or TOML file.",
        ) from error
    try:
        if len(data) <= MAX_FILE_BYTES:
            return data.decode("utf-8-sig")
        what = f"is larger than {MAX_FILE_BYTES:,} bytes"
    except UnicodeDecodeError:
        what = "is not UTF-8"
    raise _bad(path, None, f"it {what}", "Write the rules as JSON or TOML in UTF-8.")


def _json(path: Path, text: str) -> Mapping[str, object]:
    try:
        found = json.loads(text)
    except json.JSONDecodeError as error:
        raise _bad(path, error.lineno, error.msg, "Correct the JSON there.") from error
    except RecursionError as error:
        raise _bad(path, None, "it is nested too deeply", "Write a flat object.") from error
    if not isinstance(found, dict):
        raise _bad(path, 1, "it is not an object", 'Write {"textLength": 500}, say.')
    return found


def _toml(path: Path, text: str) -> Mapping[str, object]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        words, _, place = str(error).partition(" (at ")
        line = re.search(r"line (\d+)", place)
        number = int(line[1]) if line else text.count("\n") + 1
        raise _bad(path, number, words, "Correct the TOML there.") from error


def _first_problem(path: Path, text: str, error: ValidationError) -> InvalidInput:
    first = error.errors()[0]
    steps = [str(step) for step in first["loc"]]
    name = steps[0] if steps else ""
    field = next((one for one in FIELDS if one.name == name), None)
    place = ".".join(step for step in steps if step not in ("list", "int"))
    if field is None and name != "note":
        fix = f"Known are: {', '.join(one.name for one in FIELDS)}, note."
        return _bad(path, _line_of(text, name), f"there is no rule '{name[:50]}'", fix)
    value = first.get("input")
    shown = json.dumps(value, ensure_ascii=False, default=str)[:60]
    return _bad(path, _line_of(text, name), f"{place} can't be {shown}", _allowed(field))


def _allowed(field: RuleField | None) -> str:
    if field is None:
        return f"Use a text of at most {MAX_NOTE} characters."
    if field.words:
        return f"Use a list of: {', '.join(field.words)}."
    if field.name == "caps":
        return (
            f"Use at most {MAX_CAPS} of posts ({CAP_POSTS[0]:,} to {CAP_POSTS[1]:,}) in seconds "
            f"({CAP_SECONDS[0]:,} to {CAP_SECONDS[1]:,})."
        )
    return f"Use a whole number from {field.least:,} to {field.most:,}."


def _line_of(text: str, name: str) -> int | None:
    """The line on which a rule begins, in either form."""
    key = re.escape(name)
    found = re.search(rf'^\s*(?:\[+\s*)?"?{key}"?\s*[=\]:]|"{key}"\s*:', text, re.MULTILINE)
    return None if found is None else text[: found.end()].count("\n") + 1


def _bad(path: Path, line: int | None, what: str, fix: str) -> InvalidInput:
    where = f"{path.name}, line {line}" if line is not None else path.name
    return InvalidInput(f"{where}: {what}. Nothing was changed.", code="bad_rules", fix=fix)
