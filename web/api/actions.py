"""Input of an action of a lifecycle: its model, made from the row of its table."""

from operator import or_
from typing import Annotated, Any

from pydantic import Field, create_model
from pydantic.json_schema import SkipJsonSchema

from web.api.fields import Body, Cause, Day, Evidence, Kind, Outcome, Text, UnitName, Version, Yes, needed
from workflow.state_table import Action

#: Missing, though the description requires the field; the domain refuses it in its own order.
_Nothing = SkipJsonSchema[None]
#: What is not just text, in either lifecycle.
_TYPES: dict[str, Any] = {
    "evidence": Evidence,
    "until": Day,
    "visited_on": Day,
    "heard_on": Day,
    "false_closing": Yes,
    "unit": UnitName,
    "kind": Kind,
    "cause": Cause,
    "outcome": Outcome,
    "form": Annotated[dict[str, Any], Field(description="A duty's form: code of the field → what is filled in.")],
    "result": Annotated[Text, Field(description="`indicator:figure`.")],
}
#: What an action needs of a deficiency, but not of a duty: duties are confirmed on paper.
_OF_DEFICIENCIES = {("confirm", "visited_on"), ("confirm", "evidence")}


class Versioned(Body):
    """An action; the version guards against acting on what has moved since."""

    version: Version | None = None


def action_model(action: Action) -> type[Versioned]:
    """The model of what is given with the action: its fields, which of them are needed, and their types."""
    fields: dict[str, Any] = {}
    for name in (*action.needs, *action.optional):
        kind = _TYPES.get(name, Text)
        if name in action.needs and (action.name, name) not in _OF_DEFICIENCIES:
            more = {"minItems": 1} if name == "evidence" else {"pattern": r"\S"} if kind is Text else {}
            asked: Any = or_(kind, _Nothing)
            fields[name] = (Annotated[asked, needed(**more)], None)
        else:
            fields[name] = (kind | None, None)
    title = "".join(part.title() for part in action.name.split("_"))
    return create_model(title, __base__=Versioned, __doc__=action.label.en, **fields)
