"""Sign-ons: which identity of another system signs an account in, and the one-time links by which one is bound."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Digest, Id, Partial, UserRef, one_of

#: Ways of signing in without a local password: OpenID Connect, WeCom (企业微信), DingTalk (钉钉).
SIGN_ON_WAYS = ("oidc", "wecom", "dingtalk")
#: Every way of signing in.
WAYS = ("password", *SIGN_ON_WAYS)
#: Predicates of the unique indexes: bindings that have not ended, links that are neither used nor replaced.
SIGN_ONS_IN_USE = Partial("sign_on", "ended_at IS NULL")
OPEN_LINKS = Partial("sign_on_link", "used_at IS NULL AND ended_at IS NULL")


class SignOn(Base):
    """The binding of an account to one person of another system; of each issuer one to an account, and one account to a person."""

    __tablename__ = "sign_on"
    __table_args__ = (
        CheckConstraint(one_of("way", SIGN_ON_WAYS), name="way"),
        CheckConstraint("subject <> '' AND issuer <> ''", name="identity"),
        CheckConstraint("used_at IS NULL OR used_at >= bound_at", name="used"),
        CheckConstraint("ended_at IS NULL OR ended_at >= bound_at", name="ended"),
        SIGN_ONS_IN_USE.index("uq_sign_on_identity", "issuer", "subject", unique=True),
        SIGN_ONS_IN_USE.index("uq_sign_on_account", "user_id", "issuer", unique=True),
    )
    id: Mapped[Id]
    user_id: Mapped[UserRef]
    way: Mapped[str] = mapped_column(String(16))
    issuer: Mapped[str] = mapped_column(
        String(400), comment="the provider: its issuer, or way and id of the organisation"
    )
    subject: Mapped[str] = mapped_column(String(255), comment="the person, as the provider numbers people")
    bound_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class SignOnLink(Base):
    """A one-time link with which the owner of an account binds it: random, stored as its SHA-256."""

    __tablename__ = "sign_on_link"
    __table_args__ = (
        CheckConstraint(one_of("way", SIGN_ON_WAYS), name="way"),
        CheckConstraint("expires_at > made_at", name="span"),
        CheckConstraint("used_at IS NULL OR ended_at IS NULL", name="used_or_ended"),
        OPEN_LINKS.index("uq_sign_on_link_open", "user_id", "way", unique=True),
    )
    id: Mapped[Id]
    user_id: Mapped[UserRef]
    way: Mapped[str] = mapped_column(String(16))
    code_hash: Mapped[Digest] = mapped_column(unique=True)
    made_at: Mapped[datetime]
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), comment="empty: the command line")
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None] = mapped_column(comment="when another link took its place, or with the account")
