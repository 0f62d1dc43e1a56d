"""The schema's history (Alembic), run by `flask --app wsgi init`; there is no alembic.ini.

Alembic is loaded only when something is migrated: what a process checks at its start stands in `migrations.state`.

Decisions: docs/decisions/house.md
"""

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Engine

if TYPE_CHECKING:
    from alembic.config import Config


def config(engine: Engine) -> "Config":
    """Alembic's configuration for this engine."""
    from alembic.config import Config

    alembic = Config()
    alembic.set_main_option("script_location", str(Path(__file__).parent))
    alembic.attributes["engine"] = engine
    return alembic


def upgrade(engine: Engine) -> None:
    """Bring the schema to the newest version; does nothing when it is there."""
    from alembic import command

    command.upgrade(config(engine), "head")
