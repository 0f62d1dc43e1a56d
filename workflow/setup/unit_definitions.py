"""Unit definitions: new units, and names on documents, marks and aliases of those there are, as a new version of the scheme.

Units belong to the county's part of its scheme: a change is stored and adopted like any other, in force from today, and old
tickets keep the version they were filed under.  A unit is renamed, merged or ended by a reform alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import FormerName, SchemeVersion, Unit, UnitAlias
from models.look_alikes import folded_name
from workflow.actors import Actor
from workflow.adoption import scheme_adoption
from workflow.county.context import CountyContext, county_context, reformed, scheme_of
from workflow.errors import BadInput, NotAllowed
from workflow.policy.scheme.model import Scheme
from workflow.policy.scheme.parts import UnitDef
from workflow.policy.scheme.scheme_findings import SENTENCES
from workflow.policy.scheme.validation import check
from workflow.policy.worktime import local_date

#: What a definition may change of a unit that exists.
CHANGEABLE = ("full_name", "mark", "aliases", "name_en")


@dataclass(slots=True)
class Definitions:
    """The units under definition: the scheme in force as data, the names that are taken by unit code, which of them are
    plates', and by name the codes of units entered by mistake before."""

    setting: CountyContext
    year: int
    content: dict[str, Any]
    standing: dict[str, Unit]
    names: dict[str, str]
    plates: frozenset[str] = frozenset()
    withdrawn: Mapping[str, str] = field(default_factory=dict)
    changed: set[str] = field(default_factory=set)

    @classmethod
    def now(cls, session: Session, actor: Actor, now: datetime) -> "Definitions":
        """Those of the scheme in force.  Raises NotAllowed for anybody but the office."""
        if actor.role not in ("office", "system"):
            raise NotAllowed("adoption_not_yours")
        setting = county_context(session, at=now)
        version = session.get_one(SchemeVersion, setting.scheme_version_id)
        # A name means one that has ended only where no living unit bears it.
        rows = session.scalars(select(Unit).order_by(Unit.ended_on.is_(None), Unit.id)).all()
        units = {unit.code: unit for unit in rows if unit.withdrawn_at is None}
        withdrawn = {unit.name: unit.code for unit in rows if unit.withdrawn_at is not None}
        codes = {unit.id: unit.code for unit in rows}
        known = [setting.units[unit.id] for unit in units.values()]
        plates = {name: unit.code for unit in known for each in setting.plates(unit) for name in each.names}
        names = plates | {setting.full_name(unit): unit.code for unit in known}
        aliases = {row.alias: codes[row.unit_id] for row in session.scalars(select(UnitAlias))}
        former = select(FormerName).where(FormerName.unit_id.is_not(None))
        aliases |= {row.name: codes[row.unit_id] for row in session.scalars(former) if row.unit_id is not None}
        names |= {unit.name: unit.code for unit in units.values()} | aliases
        names |= {unit.name: unit.code for unit in units.values() if unit.ended_on is None}
        content = scheme_of(version).model_dump(mode="json")
        return cls(setting, version.year, content, units, names, frozenset(plates), withdrawn)

    def code_of(self, code: str, name: str) -> str | None:
        """The unit that a code or any of its names means, or None for a new one."""
        return code if code in self.standing else self.names.get(name) if not code else None

    def definition(self, code: str) -> dict[str, Any]:
        """How the unit is defined today: by the stored scheme, else as a reform made it."""
        stored = next((unit for unit in self.content["units"] if unit["code"] == code), None)
        if stored is not None and (code not in self.standing or stored["name"] == self.standing[code].name):
            return dict(stored)
        return self.setting.scheme.unit(code).model_dump(mode="json")

    def change(self, code: str, values: Mapping[str, Any]) -> list[str]:
        """Change a unit that exists; returns the fields that differ.

        Raises BadInput: `unit_renamed`, `unit_type_fixed`, `unit_has_ended`, and those of `_checked`.
        """
        unit = self.standing[code]
        if unit.successor_id is not None:
            heir = next(each.name for each in self.standing.values() if each.id == unit.successor_id)
            raise BadInput("unit_has_ended", "name", unit=unit.name, successor=heir)
        if values.get("name", unit.name) != unit.name:
            raise BadInput("unit_renamed", "name", unit=unit.name)
        if values.get("type", unit.type) != unit.type:
            raise BadInput("unit_type_fixed", "type")
        before = self.definition(code)
        after = {**before, **{name: values[name] for name in CHANGEABLE if name in values}}
        if "aliases" in values:
            # An alias is never taken back: documents and files may name it.
            after["aliases"] = list(dict.fromkeys([*before["aliases"], *values["aliases"]]))
        differing = [name for name in CHANGEABLE if list_or(after[name]) != list_or(before[name])]
        if differing:
            self._checked(after)
            self._put(after)
        return differing

    def add(self, values: Mapping[str, Any]) -> str:
        """Add a unit; returns its code.  Raises BadInput: `missing`, and those of `_checked`."""
        for name in ("name", "type"):
            if not values.get(name):
                raise BadInput("missing", name)
        before = self.withdrawn.get(values["name"])
        code = values.get("code") or before or self._free_code(values["type"])
        if before is not None and code != before:
            raise BadInput("unit_code_differs", "code", code=before)
        fresh = {**UnitDef(code="x", name="x", name_en="x", type="bureau").model_dump(mode="json")}
        made = {**fresh, "code": code, "name_en": values.get("name_en") or values["name"]}
        made |= {name: values[name] for name in ("name", "type", "full_name", "mark", "aliases") if values.get(name)}
        self._checked(made)
        self._put(made)
        return code

    def put_back(self, code: str, values: Mapping[str, Any]) -> None:
        """Give a unit the values it had: also an alias is taken back.  Raises BadInput."""
        after = {**self.definition(code), **values}
        self._checked(after)
        self._put(after)

    def drop(self, code: str) -> None:
        """Take a unit out of the scheme."""
        units = self.content["units"]
        units[:] = [unit for unit in units if unit["code"] != code]
        self.names = {name: owner for name, owner in self.names.items() if owner != code}
        self.changed.add(code)

    def adopt(self, session: Session, actor: Actor, now: datetime) -> None:
        """Store and adopt the scheme with the units as defined, from today; nothing where none changed.

        Raises BadInput `units_refused` where the scheme would not hold with them.
        """
        if not self.changed:
            return
        scheme = Scheme.model_validate(self.content)
        # Checked as it will be read: an ended unit keeps its place in the stored scheme, beside its successor.
        stored = scheme_of(session.get_one(SchemeVersion, self.setting.scheme_version_id))
        # A scheme stored by an earlier version of the program may break a rule of today: that is not the units' doing.
        before = check(reformed(session, self.setting, stored))
        for finding in (each for each in check(reformed(session, self.setting, scheme)) if each not in before):
            zh, en = SENTENCES[finding.code]
            params = {"value": "", "other": "", "detail": "", **finding.params}
            raise BadInput("units_refused", None, says_zh=zh.format(**params), says_en=en.format(**params))
        scheme_adoption.adopt(session, actor, now, scheme, self.year, local_date(now))

    def _checked(self, made: Mapping[str, Any]) -> None:
        """Raises BadInput `unit_name_taken` for a name of another unit; `unit_code`, `unit_mark`, `invalid_unit`."""
        owners = {folded_name(name): code for name, code in self.names.items()}
        for name in ("name", "aliases"):
            for text in [made[name]] if name == "name" else made[name]:
                owner = owners.get(folded_name(text), made["code"])
                if owner != made["code"]:
                    raise BadInput("unit_name_taken", name, value=text[:64], unit=self._name(owner))
                if len(text) > 200:
                    raise BadInput("too_long", name, most=200)
        try:
            UnitDef.model_validate(made)
        except ValidationError as error:
            at = str(error.errors()[0]["loc"][0])
            codes = {"code": "unit_code", "mark": "unit_mark"}
            raise BadInput(codes.get(at, "unit_value"), at) from error

    def _name(self, code: str) -> str:
        unit = self.standing.get(code)
        return unit.name if unit is not None else str(self.definition(code)["name"])

    def _put(self, made: dict[str, Any]) -> None:
        units = self.content["units"]
        at = next((place for place, unit in enumerate(units) if unit["code"] == made["code"]), None)
        if at is None:
            units.append(made)
        else:
            units[at] = made
        self.names |= dict.fromkeys([made["name"], *made["aliases"]], made["code"])
        self.changed.add(made["code"])

    def _free_code(self, kind: str) -> str:
        taken = {*self.standing, *self.withdrawn.values(), *(unit["code"] for unit in self.content["units"])}
        number = 1
        while (code := f"{kind}-{number:02d}") in taken:
            number += 1
        return code


def list_or(value: Any) -> Any:
    """A value as it is compared: an empty one is None, a tuple of names a list."""
    return list(value) if isinstance(value, list | tuple) else value or None
