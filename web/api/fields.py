"""Fields of the API's requests and answers: each type has its schema and, where needed, its own refusal."""

import re
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, fields
from datetime import date, datetime
from functools import lru_cache
from operator import attrgetter
from typing import Annotated, Any, Generic, Protocol, TypeVar, cast, dataclass_transform

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetPydanticSchema,
    PlainSerializer,
    Strict,
    ValidationError,
)
from pydantic import GetJsonSchemaHandler as Handler
from pydantic.functional_validators import WrapValidator
from pydantic.json_schema import JsonSchemaValue, SkipJsonSchema, WithJsonSchema
from pydantic_core import CoreSchema, PydanticCustomError
from pydantic_core.core_schema import literal_schema

from models import LARGEST_ID
from workflow.errors import NotFound
from workflow.inputs import LONGEST, whole
from workflow.paging import ID, MOST
from workflow.policy.worktime import SHANGHAI
from workflow.tickets.views.search import LONGEST as LONGEST_SEARCH

T = TypeVar("T")


@dataclass_transform(kw_only_default=True)
def answer(cls: type[T]) -> type[T]:
    """A shape of the API's answers: filled in without validation; pydantic describes and serialises it."""
    return dataclass(kw_only=True, slots=True)(cls)


@answer
class Listed(Generic[T]):
    """A list: its items, and the cursor of the next page where there is one."""

    items: list[T]
    next: str | None = None


@lru_cache(maxsize=256)
def _names(shape: Any, other: tuple[str, ...]) -> tuple[tuple[str, ...], Callable[[Any], tuple[Any, ...]]]:
    names = tuple(each.name for each in fields(shape) if each.name not in other)
    return names, attrgetter(*names) if len(names) > 1 else lambda source: (getattr(source, names[0]),)


def of(shape: type[T], source: object, /, **other: Any) -> T:
    """The shape filled from the source's attributes of the same names, and from what else is given."""
    names, read = _names(cast("Hashable", shape), tuple(other))
    return shape(**other, **dict(zip(names, read(source), strict=True)))


class Numbered(Protocol):
    """A shape with an id."""

    id: int


N = TypeVar("N", bound=Numbered)


def by_id(items: Iterable[N], number: int) -> N:
    """The item of a list that a write has made or changed.  Raises NotFound where the caller's list does not have it."""
    found = next((item for item in items if item.id == number), None)
    if found is None:
        raise NotFound("no_such_item")
    return found


def when(value: datetime) -> str:
    """A moment as ISO 8601 with China's offset."""
    return value.astimezone(SHANGHAI).isoformat(timespec="seconds")


def _absent(value: object) -> bool:
    return value is None


Moment = Annotated[
    datetime,
    PlainSerializer(when, return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time"}, mode="serialization"),
]
#: Left out of the answer where it is None.
Unless = Field(exclude_if=_absent)


class Query(BaseModel):
    """The parameters of an address; what is left empty counts as left out."""

    model_config = ConfigDict(frozen=True, defer_build=True)


class Body(BaseModel):
    """The fields of a JSON object; a field that is not listed is refused.

    A field that the description requires, but the domain asks for in its own order (visible, allowed, state, everything
    given), is declared with `needed`: left out, it arrives as None.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    def given(self, *but: str) -> dict[str, Any]:
        """The fields that were given, as the domain takes them."""
        return {name: value for name, value in self if value is not None and name not in but}

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: Handler) -> JsonSchemaValue:
        schema = handler.resolve_ref_schema(handler(core))
        for name, field in schema.get("properties", {}).items():
            field.pop("default", None)
            if field.pop("x-needed", False):
                schema.setdefault("required", []).append(name)
        return schema


def refused(code: str, **params: Any) -> WrapValidator:
    """Any fault of the value is reported as the error `code`."""

    def ask(value: Any, handler: Callable[[Any], Any]) -> Any:
        try:
            return handler(value)
        except ValidationError as error:
            raise PydanticCustomError(code, "refused", params or None) from error

    return WrapValidator(ask)


def digits(value: Any) -> Any:
    """Plain digits of an address as a number; of anything else nothing is guessed."""
    return value if not isinstance(value, str) else whole(value)


def _integral(value: Any) -> Any:
    """A whole number is one however it is written: 5.0 is 5."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _flag(value: Any) -> Any:
    return {"true": True, "1": True, "false": False, "0": False}.get(str(value).lower())


def _day(value: Any) -> Any:
    if not isinstance(value, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        raise PydanticCustomError("not_a_date", "refused")
    return value


def one_of(codes: Iterable[str | int]) -> GetPydanticSchema:
    """Only these codes, described as an enum; for `Annotated`, where `Literal` would have to name each of them."""
    allowed = list(codes)
    return GetPydanticSchema(lambda _source, _handler: literal_schema(allowed))


def listed(name: str) -> Any:
    """The codes that are listed under this name in the description, from the scheme in force; the domain checks them."""
    return Field(json_schema_extra={"x-listed": name})


def needed(**schema: Any) -> Any:
    """A field that is described as required and looked for by the domain, in its order: of a type that may be None."""
    return Field(json_schema_extra={"x-needed": True, **schema})


Whole = Annotated[int, Strict(), BeforeValidator(_integral), refused("not_a_number")]
Id = Annotated[int, Strict(), Field(gt=0, le=LARGEST_ID), BeforeValidator(_integral), refused("not_a_number")]
Yes = Annotated[bool, Strict(), refused("not_yes_or_no")]
Day = Annotated[date, BeforeValidator(_day), refused("not_a_date")]
Text = Annotated[str, Field(max_length=LONGEST)]
File = Annotated[bytes, WithJsonSchema({"type": "string", "format": "binary"})]
Kind = Annotated[str, listed("Kind")]
Cause = Annotated[str, listed("Cause")]
SourceCode = Annotated[str, listed("Source")]
UnitName = Annotated[str, listed("Unit")]
BoardUnit = Annotated[str, listed("BoardUnit")]
DutyUnit = Annotated[str, listed("DutyUnit")]
Town = Annotated[str, listed("Town")]
Have = Annotated[str, listed("Have")]
Outcome = Annotated[str, listed("Outcome")]
Measure = Annotated[str, listed("Measure")]
Version = Annotated[
    int,
    Strict(),
    BeforeValidator(_integral),
    refused("bad_version"),
    Field(
        description="The version last seen; refused with 409 when it has moved since.  Left out, nothing is compared."
    ),
]
Evidence = Annotated[list[Id], Field(description="Ids of evidence."), refused("not_a_list")]

#: A text that is not blank, a day, evidence: required, looked for by the domain.
NeededText = Annotated[Text | SkipJsonSchema[None], needed(pattern=r"\S")]
NeededDay = Annotated[Day | SkipJsonSchema[None], needed()]
NeededEvidence = Annotated[Evidence | SkipJsonSchema[None], needed(minItems=1)]

Flag = Annotated[bool, BeforeValidator(_flag), refused("not_yes_or_no")]
Search = Annotated[str, Field(max_length=LONGEST_SEARCH)]


def made_of(*parts: str) -> Any:
    """The text of a cursor: `next` of the page before, made of such parts."""
    pattern = "^" + r"\.".join(f"({part})" for part in parts) + "$"
    return Field(pattern=pattern, description="`next` of the page before.")


class Paged(Query):
    """Parameters of every list with pages."""

    cursor: Annotated[str, made_of(ID), refused("bad_cursor")] | None = None
    limit: Annotated[int, Field(ge=1, le=MOST), BeforeValidator(digits), refused("bad_limit")] = 50


class Reason(Body):
    """A reason."""

    reason: NeededText = None
