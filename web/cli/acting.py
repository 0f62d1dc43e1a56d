"""Who acts on the command line: the account that `--by` names."""

import click
from sqlalchemy.orm import Session

from web import db
from workflow.actors import Actor, acting
from workflow.county import accounts

#: The option by which a command names who acts.
by_option = click.option("--by", required=True, metavar="NAME", help="Account that acts: of the county office, say.")


def caller(session: Session, by: str) -> Actor:
    """The person in whose name a command acts.  Raises BadInput."""
    return acting(session, accounts.find_user(session, by), db.now())
