"""What all models share: names as stored, nothing lost, nothing bent into shape."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Annotated, Any, Self
from urllib.parse import urlsplit

from bson import ObjectId
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
)
from pydantic.alias_generators import to_camel

from postflow_desktop.cluster.documents import Document
from postflow_desktop.cluster.schema.people import MAX_EMAIL, MAX_NAME, MAX_ZONE
from postflow_desktop.domain.errors import InvalidInput
from postflow_desktop.domain.iso import is_country, is_currency
from postflow_desktop.domain.time import zone


class Part(BaseModel):
    """An embedded document. Fields that this version doesn't know are kept as they are."""

    model_config = ConfigDict(
        extra="allow",
        frozen=True,
        strict=True,
        alias_generator=to_camel,
        populate_by_name=True,
        arbitrary_types_allowed=True,
    )


class Stored(Part):
    """A document of a collection."""

    id: ObjectId = Field(alias="_id")
    rev: int = Field(ge=1)

    @classmethod
    def read(cls, document: Document) -> Self:
        """The model of a stored document; ValidationError where it breaks a rule."""
        return cls.model_validate(document)

    def document(self) -> Document:
        """The document as it is stored: what was not there stays away, what was null stays null."""
        return self.model_dump(by_alias=True, exclude_unset=True)


class Stamped(Stored):
    """A document that says when it was made and last changed."""

    created_at: AwareDatetime
    updated_at: AwareDatetime


def problems(model: type[Stored], document: Document) -> list[tuple[str, str]]:
    """Where a document breaks the rules of its model: (path, sentence); no content of it."""
    try:
        model.read(document)
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False, include_input=False)
        return [(_path(each["loc"]), each["msg"]) for each in found]
    return []


def _path(location: Iterable[str | int]) -> str:
    return ".".join(str(step) for step in location) or "(document)"


def word(values: Iterable[str]) -> AfterValidator:
    """One of these words; what is read stays text."""
    known = frozenset(str(value) for value in values)

    def check(text: str) -> str:
        if text not in known:
            raise ValueError("is none of the known words")
        return text

    return AfterValidator(check)


def _holds(true: Callable[[str], bool], sentence: str) -> AfterValidator:
    def check(text: str) -> str:
        if not true(text):
            raise ValueError(sentence)
        return text

    return AfterValidator(check)


def _is_zone(name: str) -> bool:
    try:
        zone(name)
    except InvalidInput:
        return False
    return True


def _is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


Number = int | float
Bounded = Annotated[dict[str, Any], Field(max_length=50)]
"""An object with few keys, of whoever wrote it."""
Name = Annotated[str, StringConstraints(min_length=1, max_length=MAX_NAME)]
Zone = Annotated[
    str, StringConstraints(max_length=MAX_ZONE), _holds(_is_zone, "is no IANA time zone")
]
Email = Annotated[str, StringConstraints(max_length=MAX_EMAIL, pattern=r"^[^@\sA-Z]+@[^@\sA-Z]+$")]
Url = Annotated[
    str,
    StringConstraints(max_length=2048),
    _holds(_is_web_address, "is no web address"),
]
Slug = Annotated[
    str, StringConstraints(min_length=2, max_length=80, pattern="^[a-z0-9]+(?:-[a-z0-9]+)*$")
]
Currency = Annotated[
    str,
    StringConstraints(min_length=3, max_length=3, pattern="^[a-z]+$"),
    _holds(is_currency, "is no ISO 4217 currency"),
]
Country = Annotated[str, _holds(is_country, "is no ISO 3166-1 country")]
Hash = Annotated[str, StringConstraints(pattern="^[0-9a-f]{64}$")]
Language = Annotated[str, StringConstraints(pattern="^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]
"""A BCP 47 tag (RFC 5646), as `de` or `en-US`."""
