"""What the parts of a scheme are made of: codes, words in both languages, and a shape that is deaf to unknown keys."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]*$", max_length=64)]
Words = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Days = Annotated[int, Field(ge=1, le=400)]


class Part(BaseModel):
    """Frozen, and deaf to keys it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Text(Part):
    """The same words in both languages."""

    zh: Words
    en: Words


class Coded(Part):
    """A choice with a stable code."""

    code: Slug
    name: Text
