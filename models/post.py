"""Posts (岗位): who leads a unit, who is on duty for it, and who stands in for a person of it, by days."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, String, and_, or_
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Id, Partial, UnitRef, UserRef, one_of

#: Posts held by one person of a unit at a time, and standing in for a person of it.
SINGLE_POSTS = ("leader", "duty")
POSTS = (*SINGLE_POSTS, "deputy")

#: Predicate of the unique index: a post without a last day.
CURRENT_POSTS = Partial("post", "until_at IS NULL")


class Post(Base):
    """A person in a post of a unit: leader (主要领导), duty officer (值班员), or deputy of a person (AB岗).

    It begins at 0:00 in China of its first day and ends at 24:00 of its last.  A trigger refuses two leaders or two duty
    officers of one unit at one time, and two deputies of one person.
    """

    __tablename__ = "post"
    __table_args__ = (
        CheckConstraint(one_of("kind", POSTS), name="kind"),
        CheckConstraint("until_at IS NULL OR until_at > from_at", name="span"),
        CheckConstraint("(kind = 'deputy') = (stands_for_id IS NOT NULL)", name="stands_for"),
        CheckConstraint("stands_for_id IS NULL OR stands_for_id <> user_id", name="not_for_oneself"),
        CheckConstraint("kind <> 'deputy' OR until_at IS NOT NULL", name="deputy_ends"),
        # What was entered by mistake is no open end that would keep its unit from ending.
        CheckConstraint("cancelled_at IS NULL OR until_at IS NOT NULL", name="cancelled_ends"),
        CURRENT_POSTS.index("uq_post_current", "unit_id", "kind", unique=True),
        Index("ix_post_user", "user_id"),
    )
    id: Mapped[Id]
    unit_id: Mapped[UnitRef]
    user_id: Mapped[UserRef]
    kind: Mapped[str] = mapped_column(String(16))
    from_at: Mapped[datetime] = mapped_column(comment="0:00 in China of the first day")
    until_at: Mapped[datetime | None] = mapped_column(comment="24:00 in China of the last day; empty: no last day yet")
    stands_for_id: Mapped[int | None] = mapped_column(
        ForeignKey("user_account.id"), comment="of a deputy: the person who is away"
    )
    document: Mapped[str] = mapped_column(
        String(100),
        default="",
        server_default="",
        comment="number of the paper (任免文号); empty: before it was asked for",
    )
    recorded_at: Mapped[datetime | None] = mapped_column(comment="when it was entered; empty: when it began")
    ended_at: Mapped[datetime | None] = mapped_column(comment="when its last day was entered afterwards")
    cancelled_at: Mapped[datetime | None] = mapped_column(
        comment="entered by mistake, or replaced from its first day on"
    )


def held_at(at: datetime | ColumnElement[datetime]) -> ColumnElement[bool]:
    """The condition that a post is held at a moment."""
    return and_(Post.cancelled_at.is_(None), Post.from_at <= at, or_(Post.until_at.is_(None), Post.until_at > at))


#: The name by which the databases refuse two holders of one post at one time.
POST_IS_HELD = "post_is_held"
_OVERLAPS = (
    "EXISTS (SELECT 1 FROM post p WHERE p.unit_id = NEW.unit_id AND p.kind = NEW.kind AND p.cancelled_at IS NULL"
    " AND (NEW.kind <> 'deputy' OR p.stands_for_id = NEW.stands_for_id)"
    " AND (NEW.until_at IS NULL OR p.from_at < NEW.until_at) AND (p.until_at IS NULL OR p.until_at > NEW.from_at)"
    " AND {another})"
)


def post_triggers(dialect: str) -> list[str]:
    """The triggers that refuse two holders of one post at one time, on `dialect` (sqlite or postgresql)."""
    if dialect == "sqlite":
        another = {"INSERT": "TRUE", "UPDATE": "p.id <> OLD.id"}
        return [
            f"CREATE TRIGGER post_held_once_{deed.lower()} BEFORE {deed} ON post WHEN NEW.cancelled_at IS NULL"
            f" AND {_OVERLAPS.format(another=other)} BEGIN SELECT RAISE(ABORT, '{POST_IS_HELD}'); END"
            for deed, other in another.items()
        ]
    # Writers of posts of one unit wait for each other, so that each sees what the other entered.
    return [
        "CREATE FUNCTION post_held_once() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " PERFORM 1 FROM unit WHERE id = NEW.unit_id FOR NO KEY UPDATE;"
        f" IF {_OVERLAPS.format(another='p.id <> NEW.id')} THEN"
        f" RAISE EXCEPTION '{POST_IS_HELD}' USING ERRCODE = 'restrict_violation', CONSTRAINT = '{POST_IS_HELD}';"
        " END IF; RETURN NEW; END $$",
        "CREATE TRIGGER post_held_once BEFORE INSERT OR UPDATE ON post FOR EACH ROW"
        " WHEN (NEW.cancelled_at IS NULL) EXECUTE FUNCTION post_held_once()",
    ]
