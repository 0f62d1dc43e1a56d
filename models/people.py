"""People: accounts, sessions, tokens, and tries and refusals (counted in the database, since several workers share them)."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Digest, Id, Name, Partial, RowId, UserRef, one_of
from models.look_alikes import NamedApart
from models.sign_ons import WAYS

ROLES = ("village", "town", "bureau", "office", "leaders", "inspectorate", "admin")

#: Kinds of refused access: a wrong password, no such account, a wrong code on paper, a wrong token, no right, too many tries.
REFUSALS = ("password", "account", "code", "token", "forbidden", "held_up")

#: Predicate of the unique index: codes that are neither used nor replaced.
OPEN_FIRST_SIGN_INS = Partial("first_sign_in", "used_at IS NULL AND ended_at IS NULL")

#: Roles that rule, inspect or operate: the inspectorate is notified of changes to their accounts and agrees to resets.
WATCHED = ("office", "leaders", "inspectorate", "admin")
#: Whether the inspectorate agreed to a code: it was not needed, it did, or the command line went without in an emergency.
AGREEMENTS = ("not_needed", "agreed", "emergency")

#: What the inspectorate agrees to have reset of an account.
RESETS = ("password", "factor")
#: Predicate of the unique index: requests that are neither carried out nor refused, replaced or lapsed.
OPEN_RESETS = Partial("reset_request", "used_at IS NULL AND ended_at IS NULL")


#: What a token may be for; `full` alone stands for all of it.
SCOPES = ("read", "tickets", "register", "figures", "rulings", "county", "trail")
FULL_SCOPE = "full"
#: Nothing is left of the text once each known scope is taken out of it; both databases compute this.
_LEFT = "' ' || scopes"
for _scope in SCOPES:
    _LEFT = f"replace({_LEFT}, ' {_scope}', '')"
KNOWN_SCOPES = f"scopes = '{FULL_SCOPE}' OR (scopes <> '' AND {_LEFT} = '')"


class User(NamedApart, Base):
    """A person's account; its role decides what it may do, unit and village for whom."""

    __tablename__ = "user_account"
    __table_args__ = (
        UniqueConstraint("name"),
        CheckConstraint(one_of("role", ROLES), name="role"),
        CheckConstraint("role = 'admin' OR unit_id IS NOT NULL", name="unit"),
        CheckConstraint("(role = 'village') = (village_id IS NOT NULL)", name="village"),
        Index("ix_user_account_unit_role", "unit_id", "role"),
        Index("uq_user_account_name_key", "name_key", unique=True),
    )
    id: Mapped[Id]
    name: Mapped[Name] = mapped_column(comment="sign-in name")
    display_name: Mapped[Name]
    role: Mapped[str] = mapped_column(String(16))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    village_id: Mapped[int | None] = mapped_column(ForeignKey("village.id"))
    password_hash: Mapped[str | None] = mapped_column(String(200), comment="argon2; empty: cannot sign in to pages")
    password_set_at: Mapped[datetime | None] = mapped_column(comment="empty: before this was recorded, or without one")
    password_given_at: Mapped[datetime | None] = mapped_column(
        comment="when somebody else set it; until its owner sets another nothing else opens"
    )
    language: Mapped[str | None] = mapped_column(String(16))
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]


class FormerPassword(Base):
    """The hash of an earlier password, which is not chosen again; only the latest few are kept."""

    __tablename__ = "former_password"
    id: Mapped[Id]
    user_id: Mapped[UserRef] = mapped_column(index=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    replaced_at: Mapped[datetime]


class UserSession(Base):
    """A sign-in kept on the server, so that signing out ends it everywhere."""

    __tablename__ = "user_session"
    __table_args__ = (CheckConstraint(one_of("way", WAYS), name="way"),)
    id: Mapped[Id]
    user_id: Mapped[UserRef] = mapped_column(index=True)
    token_hash: Mapped[Digest] = mapped_column(unique=True, comment="SHA-256 of what the cookie carries")
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    address: Mapped[str | None] = mapped_column(String(64), comment="network address that signed in")
    device: Mapped[str | None] = mapped_column(String(300), comment="what the browser calls itself (User-Agent)")
    remembered: Mapped[bool] = mapped_column(default=False, server_default="false")
    seen_at: Mapped[datetime | None] = mapped_column(comment="last use, to a few minutes")
    factor_at: Mapped[datetime | None] = mapped_column(comment="when a second factor was last given in it")
    silent_from: Mapped[datetime | None] = mapped_column(
        comment="last contact before the last silence of ten minutes or more"
    )
    back_at: Mapped[datetime | None] = mapped_column(comment="first contact after that silence")
    way: Mapped[str] = mapped_column(String(16), default="password", server_default="password")


class ApiToken(Base):
    """A bearer token: random, stored as its SHA-256, because a password hash per request costs 14 times as much."""

    __tablename__ = "api_token"
    __table_args__ = (
        CheckConstraint(KNOWN_SCOPES, name="scopes"),
        CheckConstraint("expires_at > created_at", name="span"),
    )
    id: Mapped[Id]
    user_id: Mapped[UserRef] = mapped_column(index=True)
    token_hash: Mapped[Digest] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    name: Mapped[str] = mapped_column(
        String(64), default="", server_default="", comment="what its owner calls the program that uses it"
    )
    scopes: Mapped[str] = mapped_column(
        String(100), default=FULL_SCOPE, server_default=FULL_SCOPE, comment="separated by blanks; full: all of them"
    )
    expires_at: Mapped[datetime | None] = mapped_column(comment="empty: good until it is withdrawn")
    used_at: Mapped[datetime | None] = mapped_column(comment="last use, to a few minutes")
    used_from: Mapped[str | None] = mapped_column(String(64), comment="network address of the last use")


class FirstSignIn(Base):
    """A one-time code on paper with which the owner of an account sets its password: random, stored as its SHA-256.

    A code that the inspectorate agreed to names the request, which is this account's and was carried out with it.
    """

    __tablename__ = "first_sign_in"
    __table_args__ = (
        ForeignKeyConstraint(
            ["request_id", "request_what", "user_id", "made_at"],
            ["reset_request.id", "reset_request.what", "reset_request.user_id", "reset_request.used_at"],
            name="fk_first_sign_in_request",
        ),
        CheckConstraint(one_of("agreement", AGREEMENTS), name="agreement"),
        CheckConstraint("(agreement = 'agreed') = (request_id IS NOT NULL)", name="request"),
        CheckConstraint(
            f"agreement <> 'not_needed' OR NOT ({one_of('reset_of', WATCHED)})", name="agreed_where_needed"
        ),
        CheckConstraint("request_what = 'password'", name="request_what"),
        CheckConstraint("expires_at > made_at", name="span"),
        CheckConstraint("used_at IS NULL OR ended_at IS NULL", name="used_or_ended"),
        OPEN_FIRST_SIGN_INS.index("uq_first_sign_in_open", "user_id", unique=True),
    )
    id: Mapped[Id]
    user_id: Mapped[UserRef]
    code_hash: Mapped[Digest] = mapped_column(unique=True)
    made_at: Mapped[datetime]
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), comment="empty: the command line")
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None] = mapped_column(comment="when another code took its place")
    reset_of: Mapped[str | None] = mapped_column(
        String(16), comment="the role of the account that is reset; empty: a first code, or before this was recorded"
    )
    agreement: Mapped[str] = mapped_column(String(16), default="not_needed", server_default="not_needed")
    request_id: Mapped[int | None] = mapped_column(RowId)
    request_what: Mapped[str] = mapped_column(
        String(16), default="password", server_default="password", comment="the kind of request that a code answers"
    )


class ResetRequest(Base):
    """A request to reset the account of a person who rules, inspects or operates; somebody of the inspectorate agrees first."""

    __tablename__ = "reset_request"
    __table_args__ = (
        CheckConstraint(one_of("what", RESETS), name="what"),
        CheckConstraint("expires_at > asked_at", name="span"),
        CheckConstraint("(agreed_at IS NULL) = (agreed_by_id IS NULL)", name="agreed"),
        CheckConstraint("agreed_by_id <> user_id", name="not_oneself"),
        CheckConstraint("agreed_by_id <> asked_by_id", name="second_person"),
        CheckConstraint("used_at IS NULL OR agreed_at IS NOT NULL", name="used_if_agreed"),
        CheckConstraint("used_at IS NULL OR ended_at IS NULL", name="used_or_ended"),
        CheckConstraint("ended_by_id IS NULL OR ended_at IS NOT NULL", name="ended"),
        OPEN_RESETS.index("uq_reset_request_open", "user_id", "what", unique=True),
        # What a code refers to.
        Index("uq_reset_request_used", "id", "what", "user_id", "used_at", unique=True),
    )
    id: Mapped[Id]
    user_id: Mapped[UserRef]
    what: Mapped[str] = mapped_column(String(16))
    asked_at: Mapped[datetime]
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), comment="empty: the command line")
    expires_at: Mapped[datetime]
    agreed_at: Mapped[datetime | None]
    agreed_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    used_at: Mapped[datetime | None] = mapped_column(comment="when the reset was carried out")
    ended_at: Mapped[datetime | None] = mapped_column(comment="when it was refused or another took its place")
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), comment="who refused it")


class Guess(Base):
    """How often a password or code was tried of late for one subject; each try is counted before it is compared."""

    __tablename__ = "guess"
    __table_args__ = (CheckConstraint("tries BETWEEN 1 AND most", name="bounded"),)
    subject: Mapped[str] = mapped_column(String(64), primary_key=True, comment="SHA-256 of what is counted")
    since: Mapped[datetime] = mapped_column(index=True)
    tries: Mapped[int]
    most: Mapped[int] = mapped_column(comment="how many a span allows")


class RefusedAccess(Base):
    """How often access was refused in a minute, by kind, typed name and address; summed up in an event every hour."""

    __tablename__ = "refused_access"
    __table_args__ = (
        UniqueConstraint("minute", "kind", "name", "address"),
        CheckConstraint(one_of("kind", REFUSALS), name="kind"),
        CheckConstraint("times >= 1", name="times"),
    )
    id: Mapped[Id]
    minute: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(16))
    name: Mapped[Name] = mapped_column(
        comment="as typed, or of the signed-in person; empty beyond the bound of an hour"
    )
    address: Mapped[str] = mapped_column(String(64))
    times: Mapped[int]
