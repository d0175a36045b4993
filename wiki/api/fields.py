"""What the API takes, as values: each field knows how to read itself and how OpenAPI describes it.

Pure: no Flask, no store. One declaration serves the check and the documentation, so that they cannot differ.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol


class FieldError(ValueError):
    """A value that a field does not take; the message is a sentence without the field's name."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One field of a request that cannot be used, and why."""

    name: str
    message: str


class InputFaults(Exception):
    """A request with fields that cannot be used: all of them, not only the first."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(" ".join(f"{fault.name}: {fault.message}" for fault in faults))
        self.faults = tuple(faults)


class FieldType(Protocol):
    """How one value is read and described."""

    def read(self, value: object) -> Any:
        """The value in the form that the program uses; raises FieldError."""
        ...

    def schema(self) -> dict[str, Any]:
        """The JSON schema of the value."""
        ...


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise FieldError("It must be text.")
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        raise FieldError("It holds half of a character pair (a lone surrogate), which is not text.") from None
    if "\x00" in value:
        raise FieldError("It holds a NUL character, which is not text.")
    return value


@dataclass(frozen=True, slots=True)
class Text:
    """A string of at most `longest` characters."""

    longest: int
    shortest: int = 0
    format: str = ""
    nullable: bool = False

    def read(self, value: object) -> str | None:
        """The text itself; an explicit null is the empty text where the field may be empty."""
        if value is None and self.nullable:
            return ""
        text = _text(value)
        if len(text) > self.longest:
            raise FieldError(f"It takes at most {self.longest:,} characters, not {len(text):,}.")
        if len(text.strip()) < self.shortest:
            raise FieldError("It must not be empty.")
        return text

    def schema(self) -> dict[str, Any]:
        """A string, or null where that clears the field."""
        found: dict[str, Any] = {"type": ["string", "null"] if self.nullable else "string", "maxLength": self.longest}
        if self.shortest:
            found["minLength"] = self.shortest
        if self.format:
            found["format"] = self.format
        return found


@dataclass(frozen=True, slots=True)
class Number:
    """A whole number from `low` to `high`; in a query string its digits."""

    low: int
    high: int
    default: int | None = None

    def read(self, value: object) -> int:
        """The number; text is taken when it is nothing but a few digits."""
        if isinstance(value, str) and len(value) <= 12 and value.strip().lstrip("-").isascii():
            try:
                value = int(value)
            except ValueError:
                value = None
        if isinstance(value, bool) or not isinstance(value, int) or not self.low <= value <= self.high:
            raise FieldError(f"It must be a whole number from {self.low} to {self.high}.")
        return value

    def schema(self) -> dict[str, Any]:
        """An integer within its bounds."""
        found: dict[str, Any] = {"type": "integer", "minimum": self.low, "maximum": self.high}
        if self.default is not None:
            found["default"] = self.default
        return found


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a few words."""

    words: tuple[str, ...]
    default: str | None = None

    def read(self, value: object) -> str:
        """The word as it is."""
        if value not in self.words:
            raise FieldError(f"It must be one of {', '.join(self.words)}.")
        return str(value)

    def schema(self) -> dict[str, Any]:
        """A string out of an enumeration."""
        found: dict[str, Any] = {"type": "string", "enum": list(self.words)}
        if self.default is not None:
            found["default"] = self.default
        return found


@dataclass(frozen=True, slots=True)
class Texts:
    """A list of short strings."""

    longest: int
    most: int
    nullable: bool = False

    def read(self, value: object) -> tuple[str, ...]:
        """The strings in their order; null is the empty list where the field may be empty."""
        if value is None and self.nullable:
            return ()
        if not isinstance(value, list):
            raise FieldError("It must be a list of texts.")
        if len(value) > self.most:
            raise FieldError(f"It takes at most {self.most} items.")
        item = Text(self.longest)
        return tuple(str(item.read(one)) for one in value)

    def schema(self) -> dict[str, Any]:
        """An array of strings."""
        return {
            "type": ["array", "null"] if self.nullable else "array",
            "items": {"type": "string", "maxLength": self.longest},
            "maxItems": self.most,
        }


@dataclass(frozen=True, slots=True)
class Field:
    """A named value of a body or a query string. `many` collects a repeated query parameter into a tuple."""

    name: str
    type: FieldType
    help: str
    required: bool = False
    many: bool = False


MAX_REPEATS = 50


def read_object(value: object, fields: Sequence[Field], ignored: frozenset[str] | None = None) -> dict[str, Any]:
    """The fields of a JSON object that were given, read. Names in `ignored` pass; None lets any other name pass.

    Raises InputFaults with every fault at once.
    """
    if not isinstance(value, Mapping):
        raise InputFaults([Fault("body", "It must be a JSON object.")])
    known = {field.name: field for field in fields}
    faults = [Fault(field.name, "It is needed.") for field in fields if field.required and field.name not in value]
    found: dict[str, Any] = {}
    for name, given in value.items():
        if name in known:
            _collect(found, faults, name, partial(known[name].type.read, given))
        elif ignored is not None and name not in ignored:
            faults.append(Fault(_shown(name), "There is no such field."))
    if faults:
        raise InputFaults(faults)
    return found


def read_query(values: Mapping[str, Sequence[str]], fields: Sequence[Field]) -> dict[str, Any]:
    """The query parameters named in `fields`, read; a repeated one that is not `many` takes its first value.

    Parameters nobody knows are passed over, as web servers do. Raises InputFaults with every fault at once.
    """
    faults: list[Fault] = []
    found: dict[str, Any] = {}
    for field in fields:
        given = [value for value in values.get(field.name, ()) if value != "" or not field.many]
        if not given:
            if field.required:
                faults.append(Fault(field.name, "It is needed."))
        elif len(given) > MAX_REPEATS:
            faults.append(Fault(field.name, f"It may be repeated at most {MAX_REPEATS} times."))
        elif field.many:
            _collect(found, faults, field.name, partial(_each, field.type, given))
        else:
            _collect(found, faults, field.name, partial(field.type.read, given[0]))
    if faults:
        raise InputFaults(faults)
    return found


def _each(kind: FieldType, given: Sequence[str]) -> tuple[Any, ...]:
    return tuple(kind.read(one) for one in given)


def _collect(found: dict[str, Any], faults: list[Fault], name: str, read: Callable[[], Any]) -> None:
    try:
        found[name] = read()
    except FieldError as error:
        faults.append(Fault(name, str(error)))


def _shown(name: str) -> str:
    return name.encode("utf-8", "replace").decode("utf-8")[:80]
