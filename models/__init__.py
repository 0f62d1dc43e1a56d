"""Models (数据表): tables, their constraints, and the engine with its transactions.

This room imports no other room.  Import the classes from here, not from the modules.

Decisions: docs/decisions/house.md
"""

from models.authority import Authorisation
from models.base import LARGEST_ID, LARGEST_NUMBER, ONLY_ROW, Base, UTCDateTime
from models.bulk_list import BulkLine, BulkList
from models.candidate import Candidate, CandidatePerson
from models.case import AccountabilityCase, CaseDossier
from models.checkup import Checkup, ExitDossier, Finding, Matter
from models.counted_rows import QuotaHouse, VillageSurvey
from models.county import County, SchemeAdoption, SchemeVersion, Unit, UnitAlias, Village, WorkingDayOverride
from models.county_book import BookChange, CountyBook
from models.custody import Charge, Custody, Escalation, RungAnswer, RungWaiting, Tenure, WaitingReminder
from models.daycount import DayCount
from models.delivery import Address, Delivery, DigestRun, Message, Outbox, Preference, Robot
from models.duty import DutyEntry, DutyForm, DutyOpening
from models.factors import FactorUse, Passkey, PasskeyChallenge, RecoveryCode, SecondFactor
from models.feedback import Feedback
from models.figure_check import FigureCheck
from models.former_code import FormerCode
from models.held_files import HeldFile, HeldSlice
from models.history import Block, Event, EventSecret
from models.household import HeadingChoice, Household, ImportChange, Member, NamePart, RegisterImport
from models.household_erasure import HouseholdErasure
from models.installation_mark import InstallationMark
from models.instruction import Instruction, InstructionAct
from models.paper import DocumentNumber, Paper, PaperAct, PaperCommitment, PaperPending
from models.people import ApiToken, FirstSignIn, FormerPassword, Guess, RefusedAccess, ResetRequest, User, UserSession
from models.post import Post
from models.random_check import RandomCheck, RandomDraw, RandomResult
from models.ranking import (
    FigureProof,
    ObjectionAnswer,
    Ranking,
    RankingObjection,
    RankingReminder,
    RankingSign,
    ReportedFigure,
)
from models.reform import FormerName, PlannedReform, Reform
from models.report import Report, ReportDraft, ReportReceipt, ReportReview, ReportRoll
from models.request import TimeRequest
from models.runtime import Counter, Downtime, IdempotencyKey, LastLook, SweepReport, WebHeartbeat, WorkerHeartbeat
from models.saved_view import SavedView, ViewWatch
from models.sign_ons import SignOn, SignOnLink
from models.spot_check import SpotCheck, SpotDraw, SpotPending, SpotResult
from models.ticket import Evidence, LookBand, Party, Ticket
from models.verification_run import VerificationLot, VerificationRun
from models.wording import Wording

__all__ = [
    "LARGEST_ID",
    "LARGEST_NUMBER",
    "ONLY_ROW",
    "AccountabilityCase",
    "Address",
    "ApiToken",
    "Authorisation",
    "Base",
    "Block",
    "BookChange",
    "BulkLine",
    "BulkList",
    "Candidate",
    "CandidatePerson",
    "CaseDossier",
    "Charge",
    "Checkup",
    "Counter",
    "County",
    "CountyBook",
    "Custody",
    "DayCount",
    "Delivery",
    "DigestRun",
    "DocumentNumber",
    "Downtime",
    "DutyEntry",
    "DutyForm",
    "DutyOpening",
    "Escalation",
    "Event",
    "EventSecret",
    "Evidence",
    "ExitDossier",
    "FactorUse",
    "Feedback",
    "FigureCheck",
    "FigureProof",
    "Finding",
    "FirstSignIn",
    "FormerCode",
    "FormerName",
    "FormerPassword",
    "Guess",
    "HeadingChoice",
    "HeldFile",
    "HeldSlice",
    "Household",
    "HouseholdErasure",
    "IdempotencyKey",
    "ImportChange",
    "InstallationMark",
    "Instruction",
    "InstructionAct",
    "LastLook",
    "LookBand",
    "Matter",
    "Member",
    "Message",
    "NamePart",
    "ObjectionAnswer",
    "Outbox",
    "Paper",
    "PaperAct",
    "PaperCommitment",
    "PaperPending",
    "Party",
    "Passkey",
    "PasskeyChallenge",
    "PlannedReform",
    "Post",
    "Preference",
    "QuotaHouse",
    "RandomCheck",
    "RandomDraw",
    "RandomResult",
    "Ranking",
    "RankingObjection",
    "RankingReminder",
    "RankingSign",
    "RecoveryCode",
    "Reform",
    "RefusedAccess",
    "RegisterImport",
    "Report",
    "ReportDraft",
    "ReportReceipt",
    "ReportReview",
    "ReportRoll",
    "ReportedFigure",
    "ResetRequest",
    "Robot",
    "RungAnswer",
    "RungWaiting",
    "SavedView",
    "SchemeAdoption",
    "SchemeVersion",
    "SecondFactor",
    "SignOn",
    "SignOnLink",
    "SpotCheck",
    "SpotDraw",
    "SpotPending",
    "SpotResult",
    "SweepReport",
    "Tenure",
    "Ticket",
    "TimeRequest",
    "UTCDateTime",
    "Unit",
    "UnitAlias",
    "User",
    "UserSession",
    "VerificationLot",
    "VerificationRun",
    "ViewWatch",
    "Village",
    "VillageSurvey",
    "WaitingReminder",
    "WebHeartbeat",
    "Wording",
    "WorkerHeartbeat",
    "WorkingDayOverride",
]
