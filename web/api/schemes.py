"""The scheme over the API: the one in force, and the versions that the county holds."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from web.api.fields import Listed, Moment, answer, of
from web.api.operations import Call, get
from workflow.adoption import scheme_adoption
from workflow.county.context import county_context
from workflow.policy.scheme.model import Figure
from workflow.policy.scheme.parts import Coded, Text


@answer
class Indicator:
    """One of the numbered items that are assessed; `units` by their official names."""

    number: int
    title: Text
    towns: bool
    units: list[str]
    tasks: Text
    figures: list[Figure]


@answer
class Kind:
    """A kind of deficiency."""

    code: str
    name: Text
    indicator: int
    subjects: list[Literal["household", "village", "unit"]]
    sources: list[str]
    causes: list[Coded]


@answer
class Source:
    """A source of filings (来源): who files from it, and whether a number belongs to it and which (null: of a document)."""

    code: str
    name: Text
    filers: list[str]
    subjects: list[Literal["household", "village", "unit"]]
    reference: bool
    number: Text | None


@answer
class DutyOfScheme:
    """One obligation: of which item (null: the closing paragraphs), whose, how often."""

    code: str
    name: Text
    item: int | None
    units: list[str]
    period: str
    after: str | None


@answer
class Scheme:
    """The scheme in force."""

    version: int
    code: str
    year: int
    indicators: list[Indicator]
    kinds: list[Kind]
    sources: list[Source]
    duties: list[DutyOfScheme]


@get("/scheme", "The scheme in force")
def show_scheme(call: Call) -> Scheme:
    setting = county_context(call.session, at=call.now)
    made = setting.scheme

    def names(codes: tuple[str, ...]) -> list[str]:
        return [made.unit(code).name for code in codes]

    return Scheme(
        version=setting.scheme_version_id,
        code=made.code,
        year=setting.year,
        indicators=[
            of(Indicator, item, units=names(item.units), figures=list(item.figures)) for item in made.indicators
        ],
        kinds=[
            of(Kind, kind, subjects=list(kind.subjects), sources=list(kind.sources), causes=list(kind.causes))
            for kind in made.kinds
        ],
        sources=[
            of(Source, source, filers=list(source.filers), subjects=list(source.subjects)) for source in made.sources
        ],
        duties=[
            of(DutyOfScheme, duty, units=names(tuple(made.duties.units_of(duty, made.towns))))
            for duty in made.duties.list
        ],
    )


@answer
class Adoption:
    """The user who adopted a version, and the day from which it is in force."""

    from_: Annotated[date, Field(alias="from")]
    state: str
    adopted_at: Moment
    adopted_by: str | None


@answer
class SchemeVersion:
    """A version that the county holds."""

    version: int
    code: str
    year: int
    content_hash: str
    in_force: bool
    adoptions: list[Adoption]


@get("/schemes", "The versions the county holds, with who adopted them from when")
def list_schemes(call: Call) -> Listed[SchemeVersion]:
    setting = county_context(call.session, at=call.now)
    return Listed(
        items=[
            of(
                SchemeVersion,
                held.version,
                in_force=held.version.id == setting.scheme_version_id,
                adoptions=[of(Adoption, row, from_=row.from_day, adopted_by=name) for row, name in held.adoptions],
            )
            for held in scheme_adoption.versions(call.session, call.actor)
        ]
    )
