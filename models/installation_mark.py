"""Installation mark: what tells a wrong data key, and a wrong folder of evidence, before anything is read or written."""

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import ONLY_ROW, Base, RowId
from models.sealing import Sealed

#: What the probe opens to.
PROBE = "Xiaohao"


class InstallationMark(Base):
    """The mark of the county's installation; its one row is made with the county and turned with the key."""

    __tablename__ = "installation_mark"
    __table_args__ = (CheckConstraint(f"id = {ONLY_ROW}", name="only_row"),)
    id: Mapped[int] = mapped_column(RowId, primary_key=True, autoincrement=False, default=ONLY_ROW)
    probe: Mapped[str] = mapped_column(
        Sealed("text", "installation_mark.probe"), comment="a known text, sealed under the county's data key"
    )
    store: Mapped[str | None] = mapped_column(
        String(32), comment="mark that the evidence store must bear; empty: none was set by `init` yet"
    )
