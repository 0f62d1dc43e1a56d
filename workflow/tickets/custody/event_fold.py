"""Event fold: computes from the events of one ticket what its rows must be.  Pure, no session.

The desk records in each event what it did to the rows; folding adds this up again, so that a row changed outside the
desk is found.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from models import Event
from workflow.history.event_log import stamp

#: A tenure by its natural key: episode, unit, purpose, round.
Key = tuple[int, int, str, int]


@dataclass(slots=True)
class Booked:
    """The counters a tenure must have: working minutes and rungs."""

    budget: int
    accept_budget: int
    used: int = 0
    accept_used: int = 0
    rung: int = 0
    accept_rung: int = 0

    def record_rung(self, stage: str, rung: int) -> None:
        """A rung of this stage was reached."""
        if stage == "accept":
            self.accept_rung = max(self.accept_rung, rung)
        else:
            self.rung = max(self.rung, rung)


@dataclass(slots=True)
class Fold:
    """The rows of one ticket according to its events."""

    ticket: int
    columns: dict[str, Any] = field(default_factory=dict)
    filed_by: int | None = None
    #: The possible descriptions: several when erased words may have changed it.
    descriptions: set[str] = field(default_factory=set)
    custodies: dict[int, dict[str, Any]] = field(default_factory=dict)
    tenures: dict[Key, Booked] = field(default_factory=dict)
    escalations: list[tuple[Any, ...]] = field(default_factory=list)
    charges: list[tuple[Any, ...]] = field(default_factory=list)
    assisting: set[str] = field(default_factory=set)
    #: Requests for time by id, with their recorded payloads in order.
    requests: dict[int, dict[str, Any]] = field(default_factory=dict)
    #: Answers to proposed rungs, by custody, stage and rung.
    answers: dict[tuple[int, str, int], dict[str, Any]] = field(default_factory=dict)
    #: Results of spot checks, by id.
    spots: dict[int, dict[str, Any]] = field(default_factory=dict)
    #: Papers by number as recorded when issued, and their later acts by (number, act, round).
    papers: dict[str, dict[str, Any]] = field(default_factory=dict)
    paper_acts: dict[tuple[str, str, int], dict[str, Any]] = field(default_factory=dict)
    #: Entries of a countable duty and its forms, by id.
    entries: dict[int, dict[str, Any]] = field(default_factory=dict)
    forms: dict[int, dict[str, Any]] = field(default_factory=dict)
    _open: int = 0
    _handlers: dict[tuple[int, str], int | None] = field(default_factory=dict)

    def apply(self, event: Event, words: dict[str, Any] | None) -> None:
        """Add the next event; `words` are its private body, None when it has none or it was erased."""
        effect = event.effect
        self.columns |= effect.get("ticket", {})
        self._words(event, words)
        if ended := effect.get("ended"):
            self._end(ended, stamp(event.effective_at), stamp(event.at))
        if recorded := effect.get("request"):
            self.requests.setdefault(recorded["id"], {}).update(recorded)
            self._said(recorded, event.action, words)
        if recorded := effect.get("rung"):
            self._answer(recorded, words)
        for recorded in effect.get("spot_checks", ()):
            erased = event.commitment is not None and words is None
            self.spots[recorded["id"]] = recorded | ({} if erased else {"note": (words or {}).get("note", "")})
        if recorded := effect.get("paper"):
            self.papers[recorded["number"]] = recorded | {"printed": (words or {}).get("printed")}
        for recorded in effect.get("papers", ()):
            self.paper_acts[recorded["paper"], recorded["act"], recorded.get("round", 1)] = recorded | {
                "at": stamp(event.at),
                "words": _written(recorded, words),
                "promised": (words or {}).get("commitments") if recorded.get("commitments") else None,
                "details": (words or {}).get("talk") if recorded["act"] == "record" else {},
            }
        if recorded := effect.get("entry"):
            by = {"unit": event.actor_unit_id, "by": event.actor_id, "at": stamp(event.at)}
            self.entries[recorded["id"]] = {**recorded, **by, **(words or {})}
        if recorded := effect.get("form"):
            said = {} if words is None else {"fields": words.get("form", {}), "missing": words.get("missing", "")}
            said = {"fields": {}, "missing": ""} if event.commitment is None else said
            self.forms[recorded["id"]] = {**recorded, "by": event.actor_id, "at": stamp(event.at), **said}
        for charge in effect.get("charges", ()):
            self.charges.append((charge["seq"], charge["unit"], charge["minutes"], charge["ground"], stamp(event.at)))
        if opened := effect.get("opened"):
            self._begin(opened, event.at)
        if rederived := effect.get("rederived"):
            self._rederive(rederived)
            for recorded in effect.get("budgets", ()):
                booked = self.tenures[tuple(recorded["key"])]
                booked.budget, booked.accept_budget = recorded["budget"], recorded["accept_budget"]
            for recorded in effect.get("answers", ()):
                self.requests[recorded["id"]] |= recorded
        if event.action == "escalate":
            self._escalate(event)
        elif event.action == "handler" and self._open in self.custodies:
            custody = self.custodies[self._open]
            custody["handler"] = event.given["user"]
            self._handlers[custody["unit"], custody["purpose"]] = event.given["user"]
        elif event.action == "assist":
            self.assisting.add(event.given["unit"])
        elif event.action == "unassist":
            self.assisting.discard(event.given["unit"])

    def _said(self, recorded: dict[str, Any], action: str, words: dict[str, Any] | None) -> None:
        """The words of a request and of its answer; nothing where they were erased."""
        said = words or {}
        if action == "ask_time":
            self.requests[recorded["id"]] |= {name: said[name] for name in ("reason", "plan") if name in said}
        elif recorded["status"] != "lapsed" and (written := said.get("reason") or said.get("note")):
            self.requests[recorded["id"]]["answer"] = written

    def _answer(self, recorded: dict[str, Any], words: dict[str, Any] | None) -> None:
        """A proposed rung was issued or declined, with the reason unless erased."""
        key = (recorded["custody"], recorded["stage"], recorded["rung"])
        self.answers[key] = recorded | ({"reason": words["reason"]} if words else {})

    def _words(self, event: Event, words: dict[str, Any] | None) -> None:
        erased = event.commitment is not None and words is None
        if event.action == "file":
            self.filed_by = event.actor_id
            self.descriptions = {"" if words is None else str(words.get("description", ""))}
        elif event.action == "resubmit" and words and words.get("description"):
            self.descriptions = {str(words["description"])}
        elif event.action == "resubmit" and erased:
            # It may have been a note or a new description; an erased description reads empty.
            self.descriptions |= {""}

    def _begin(self, opened: dict[str, Any], at: datetime) -> None:
        key = (opened["episode"], opened["unit"], opened["purpose"], opened["round"])
        booked = self.tenures.setdefault(key, Booked(0, 0))
        # A hard stop reached meanwhile cuts the budget of a resumed tenure.
        booked.budget, booked.accept_budget = opened["budget"], opened["accept_budget"]
        if opened.get("handler_left"):
            self._handlers[opened["unit"], opened["purpose"]] = None
        handler = self._handlers.get((opened["unit"], opened["purpose"]))
        self._open = opened["seq"]
        self.custodies[self._open] = {**opened, "key": key, "handler": handler, "opened_at": at}

    def _rederive(self, recorded: dict[str, Any]) -> None:
        """The working days or the scheme changed: the open custody got another date, its tenure another budget."""
        custody = self.custodies[recorded["seq"]]
        custody |= {name: recorded[name] for name in ("due_at", "flags", "account")}
        booked = self.tenures[custody["key"]]
        booked.budget, booked.accept_budget = recorded["budget"], recorded["accept_budget"]

    def _end(self, ended: dict[str, Any], at: str, seen_at: str) -> None:
        custody = self.custodies.get(ended["seq"])
        if custody is None:
            return
        custody |= {**ended, "ended_at": at}
        booked = self.tenures[custody["key"]]
        booked.used += ended["minutes"]
        if custody["stage"] == "accept":
            booked.accept_used += ended["minutes"]
        for missed in ended["missed"]:
            common = (ended["seq"], custody["unit"], custody["stage"])
            self.escalations.append((*common, missed["rung"], "missed", None, missed["due_at"], seen_at))
            booked.record_rung(custody["stage"], missed["rung"])

    def _escalate(self, event: Event) -> None:
        given, custody = event.given, self.custodies.get(self._open)
        if custody is None:
            return
        common, at = (self._open, given["unit"], given["stage"]), stamp(event.at)
        for missed in event.effect.get("missed", ()):
            self.escalations.append((*common, missed["rung"], "missed", None, missed["due_at"], at))
        self.escalations.append(
            (*common, given["rung"], given["status"], given["paper"], stamp(event.effective_at), at)
        )
        self.tenures[custody["key"]].record_rung(given["stage"], given["rung"])


def _written(recorded: dict[str, Any], words: dict[str, Any] | None) -> str | None:
    """The words of an act on a paper; None where there are none or they were erased."""
    if recorded["act"] == "receipt" or (recorded["act"] == "end" and recorded["how"] not in ("revoked", "verified")):
        return None
    return (words or {}).get({"answer": "answer", "record": "minutes"}.get(recorded["act"], "reason"))
