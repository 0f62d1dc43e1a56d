"""Walk: a county to which random acts happen, and what the walk itself knows of it: who lives, what was done."""

from collections import Counter
from datetime import datetime, timedelta

from sqlalchemy import select

from models import Household, Member, User
from tests.support.factories import START, County
from tests.support.reforms import actor
from tests.support.spreadsheets import bring, text, valid
from workflow.actors import Actor, acting

HEADINGS = ("户编号", "户主姓名", "镇", "村", "姓名", "证件号码", "与户主关系", "劳动技能", "人均纯收入", "收入年度")
#: What a file says at the end of each row: able to work, above the line of the year with which a walk begins.
ROW_ENDS = ("普通劳动力", "9000", "2018")
#: The households with which a walk begins, by code, and their villages.
_BEGINNING = (("A1", "town-a-v1"), ("A2", "town-a-v1"), ("A3", "town-a-v2"), ("B1", "town-b-v1"), ("B2", "town-b-v2"))


class Walk:
    """Begins with families of three, each by an import; `everybody` are the living, whose names are never used twice."""

    def __init__(self, county: County) -> None:
        self.county, self.now, self.serial = county, START, 0
        self.everybody: set[str] = set()
        #: How often each kind of act was no refusal.
        self.done = Counter[str]()
        #: By import: whom it added.
        self.came: dict[int, set[str]] = {}
        #: By unit that has ended: when the walk saw it first.
        self.ended: dict[int, datetime] = {}
        for code, village in _BEGINNING:
            town = {"a": "甲镇", "b": "乙镇"}[village[5]]
            family = [self.stranger() for _ in range(3)]
            rows = [
                [code, family[0][0], town, f"{village}村", *one, "户主" if one is family[0] else "之子", *ROW_ENDS]
                for one in family
            ]
            assert bring(county, text(HEADINGS, *rows)).four == (1, 0, 0, 0)
            self.everybody |= {name for name, _ in family}

    def next_number(self) -> int:
        self.serial += 1
        return self.serial

    def stranger(self) -> tuple[str, str]:
        """A person nobody knows yet: name and ID number."""
        n = self.next_number()
        body = f"441424{1950 + n % 60}{1 + n % 12:02d}{1 + n % 28:02d}{n % 1000:03d}"
        name = f"人{''.join('零一二三四五六七八九'[int(digit)] for digit in str(n))}"
        return name, valid(body + "0")

    def begin(self, days: float = 1) -> None:
        """Time passes, and people act as they are now: after a reform, an ended post, a move."""
        self.now += timedelta(days=days)
        for name in self.county.people:
            actor(self.county, name)

    def home(self, at: int) -> Household | None:
        """One of the households that have not ended."""
        homes = self.homes()
        return homes[at % len(homes)] if homes else None

    def homes(self) -> list[Household]:
        with self.county.read() as session:
            return [row for row in session.scalars(select(Household).order_by(Household.id)) if not row.gone]

    def members(self, home: Household) -> list[Member]:
        """The living people of a household, the head first."""
        with self.county.read() as session:
            living = (Member.household_id == home.id, Member.ends_on.is_(None))
            return list(session.scalars(select(Member).where(*living).order_by(Member.position)))

    def users(self) -> list[User]:
        """The open accounts."""
        with self.county.read() as session:
            return list(session.scalars(select(User).where(User.active).order_by(User.id)))

    def actors(self) -> list[Actor]:
        """Everybody with an open account, as they act at this moment."""
        with self.county.read() as session:
            users = session.scalars(select(User).where(User.active).order_by(User.id))
            return [acting(session, row, self.now) for row in users]

    def recorder(self, at: int) -> str:
        """Whoever records a change: mostly the office, now and then somebody of a town or village whose account is open."""
        names = ("office", "office", "office", "town", "other_town", "village", "far_village")
        name = names[at % len(names)]
        return name if any(user.name == name for user in self.users()) else "office"


class Nothing(Exception):
    """There is nothing to which the act could be done."""
