"""What is remembered: tables, their constraints and the engine they live on.

This room imports nothing of ours.  Import the classes from here, not from the modules.
"""

from models.base import Base, UTCDateTime
from models.checkup import Checkup, ExitDossier, Finding, Matter
from models.county import County, Post, SchemeVersion, Unit, UnitAlias, Village, WorkingDayOverride
from models.custody import Charge, Custody, Escalation, RungAnswer, Tenure
from models.delivery import Address, Delivery, DigestRun, Message, Outbox, Preference, Robot
from models.history import Block, Event, EventSecret
from models.household import HeadingChoice, Household, Member, RegisterImport
from models.people import ApiToken, SignInFailure, User, UserSession
from models.request import TimeRequest
from models.runtime import Counter, IdempotencyKey, SweepReport, WorkerHeartbeat
from models.ticket import Evidence, LookBand, Party, Ticket

__all__ = [
    "Address",
    "ApiToken",
    "Base",
    "Block",
    "Charge",
    "Checkup",
    "Counter",
    "County",
    "Custody",
    "Delivery",
    "DigestRun",
    "Escalation",
    "Event",
    "EventSecret",
    "Evidence",
    "ExitDossier",
    "Finding",
    "HeadingChoice",
    "Household",
    "IdempotencyKey",
    "LookBand",
    "Matter",
    "Member",
    "Message",
    "Outbox",
    "Party",
    "Post",
    "Preference",
    "RegisterImport",
    "Robot",
    "RungAnswer",
    "SchemeVersion",
    "SignInFailure",
    "SweepReport",
    "Tenure",
    "Ticket",
    "TimeRequest",
    "UTCDateTime",
    "Unit",
    "UnitAlias",
    "User",
    "UserSession",
    "Village",
    "WorkerHeartbeat",
    "WorkingDayOverride",
]
