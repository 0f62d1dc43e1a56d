"""Own password: what may be chosen, asked for again, and changed by its owner."""

from datetime import timedelta

from flask import current_app, session
from flask_login import current_user

from models import User, UserSession
from web import auth, db, refusals
from workflow.county import accounts
from workflow.county.access import guessing, passwords
from workflow.county.access.passwords import PasswordRules
from workflow.county.accounts import token_hash
from workflow.errors import BadInput


def rules() -> PasswordRules:
    """What the settings ask of passwords."""
    asked: PasswordRules = current_app.config["PASSWORD_RULES"]
    return asked


def check_password(user: User, new: str) -> None:
    """Raises BadInput for a password that this account may not choose."""
    with db.read_session() as reading:
        names, former = passwords.names_of(reading, user), passwords.hashes_of(reading, user)
    passwords.check(new, names, rules())
    passwords.refuse_former(new, former, auth.matches)


def is_set() -> bool:
    """Whether the signed-in person has a password to be asked for; who has none signs in by another system."""
    return bool(auth.signed_in_user().password_hash)


def confirm_password(password: str, field: str) -> None:
    """That the signed-in person is at the device: the password, asked again.  Raises BadInput at `field`, TooMany."""
    user = auth.signed_in_user()
    if not user.password_hash:
        if not _signed_on_now():
            raise BadInput("password_none", field, minutes=current_app.config["FACTORS"].minutes)
        return
    bounds = guessing.of_account(user.id)
    refusals.take(bounds, user.name)
    if not auth.matches(user.password_hash, password):
        refusals.count("password", user.name)
        raise BadInput("password_wrong", field)
    db.transaction(lambda writing: guessing.give_back(writing, bounds))


def _signed_on_now() -> bool:
    """Whether the person has just signed in by another system, which stands in for the password of who has none."""
    opened: UserSession | None = current_user.session
    minutes = current_app.config["FACTORS"].minutes
    return opened is not None and opened.way != "password" and db.now() < opened.created_at + timedelta(minutes=minutes)


def must_change() -> bool:
    """Whether the signed-in person has to choose a new password before anything else; not who signed in without it."""
    opened: UserSession | None = current_user.session
    by_password = opened is not None and opened.way == "password"
    return by_password and passwords.must_change(auth.signed_in_user(), db.now(), rules())


def change_password(old: str, new: str) -> None:
    """The signed-in person's own password; every other session of theirs ends.  Raises BadInput, TooMany."""
    user = auth.signed_in_user()
    passwords.check(new, (), rules())
    confirm_password(old, "old")
    check_password(user, new)
    made = auth.hashed(new)
    with db.write_session() as writing:
        row = writing.get_one(User, user.id)
        keep = token_hash(str(session.get("sid")))
        accounts.set_password(writing, auth.signed_in_actor(), row, made, db.now(), keep=keep)
