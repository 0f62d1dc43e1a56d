"""The administrator's page: accounts and posts.  No ticket business."""

from typing import Any

from flask import request, url_for
from flask_babel import gettext as _
from sqlalchemy import Select, func, select, tuple_
from sqlalchemy.orm import Session

from models import ApiToken, Post, User, Village
from models.people import ROLES
from models.post import held_at
from notifications import addresses
from web import db, step_up
from web.auth import signed_in_actor
from web.pages import blueprint
from web.pages.forms import Done, Page, Step, form_action, render_form, returns_to
from web.sign_on import flow
from workflow.boards import pending
from workflow.county import accounts
from workflow.county.accounts import NewUser
from workflow.county.context import county_context
from workflow.county.sign_ins import factors, first_sign_ins, resets, sign_ons
from workflow.errors import NotAllowed, NotFound, WorkflowError
from workflow.tickets.views.search import cleaned

#: What the accounts are sorted by, before the sign-in name; closed accounts stand first, since they may still hold something.
_SORTS: dict[str, Any] = {
    "name": User.name,
    "person": User.display_name,
    "role": User.role,
    "unit": func.coalesce(User.unit_id, 0),
    "closed": User.active,
}


def _only_admin() -> None:
    if signed_in_actor().role != "admin":
        raise NotAllowed("only_the_administrator")


@blueprint.get("/users")
def users() -> Page:
    return accounts_page()


def accounts_page(error: WorkflowError | None = None) -> Page:
    _only_admin()
    query = cleaned(request.values.get("q"))
    sort = request.values.get("sort", "name")
    sort = sort if sort in _SORTS else "name"
    with db.read_session() as session:
        rows = session.scalars(listed(query, sort, request.values.get("after", "")).limit(51)).all()
        posts = {
            (post.user_id, post.kind)
            for post in session.scalars(select(Post).where(held_at(db.now()), Post.user_id.in_([u.id for u in rows])))
        }
        tokens = set(
            session.scalars(
                select(ApiToken.user_id).where(
                    ApiToken.revoked_at.is_(None), ApiToken.user_id.in_([u.id for u in rows])
                )
            )
        )
        villages = dict(
            session.execute(
                select(Village.id, Village.name).where(Village.id.in_([u.village_id for u in rows if u.village_id]))
            ).all()
        )
        setting = county_context(session)
        held = pending.holding(session)
        faults = addresses.faults(session, [u.id for u in rows])
        with_factor = factors.holders(session, [u.id for u in rows])
        had = first_sign_ins.had_sign_in(session, [u.id for u in rows])
        asked = resets.by_account(session, db.now())
        bound = {(row.user_id, row.way) for row in sign_ons.of_accounts(session, [u.id for u in rows])}
    return render_form(
        "admin/users.html",
        error,
        tried="add" if request.form.get("role") else None,
        rows=rows[:50],
        more=rows[49].name if len(rows) > 50 else None,
        posts=posts,
        villages=villages,
        tokens=tokens,
        setting=setting,
        roles=ROLES,
        q=query,
        sort=sort,
        sorts=tuple(_SORTS),
        held=held,
        faults=faults,
        had=had,
        with_factor=with_factor,
        ways=[(way, flow.name_of(way)) for way in flow.ways()],
        bound=bound,
        asked=asked,
        needs_agreement=resets.needs_agreement,
    )


def listed(query: str, sort: str = "name", after: str = "") -> Select[User]:
    """The accounts with the text in a name, in the order of a sort, that follow the account named `after`."""
    key, users = _SORTS[sort], select(User)
    if query:
        users = users.where(
            User.name.contains(query, autoescape=True) | User.display_name.contains(query, autoescape=True)
        )
    if after:
        last = select(key).where(User.name == after).scalar_subquery()
        users = users.where(tuple_(key, User.name) > tuple_(last, after))
    return users.order_by(key, User.name)


@blueprint.post("/users")
@form_action(accounts_page, passes=())
def add_user() -> Step:
    _only_admin()
    form = request.form

    def step(session: Session) -> Done:
        accounts.create_user(
            session,
            signed_in_actor(),
            db.now(),
            NewUser(
                name=form.get("name", ""),
                role=form.get("role", ""),
                unit=form.get("unit") or None,
                village=form.get("village", "").strip() or None,
                display_name=form.get("display_name") or None,
            ),
        )
        said = _("The account %(name)s was added. Print its first sign-in slip.", name=form["name"])
        return Done(url_for("pages.users", q=form["name"]), said)

    return step


returns_to("/users/<id:user_id>/<act>", "users")


@blueprint.post("/users/<id:user_id>/<act>")
@form_action(lambda error, user_id, act: accounts_page(error), passes=())
def change_user(user_id: int, act: str) -> Step:
    _only_admin()
    actor = signed_in_actor()

    def step(session: Session) -> Done:
        user = session.scalars(select(User).where(User.id == user_id).with_for_update()).one_or_none()
        if user is None:
            raise NotFound("user_unknown", "name", name=user_id)
        if act == "open":
            accounts.set_active(session, actor, user, True, db.now())
        elif act == "tokens":
            accounts.revoke_tokens(session, actor, user, db.now())
        elif act == "drop-factor":
            factors.remove(session, actor, db.now(), user, step_up.rules())
        elif act in ("ask-reset", "ask-factor"):
            resets.ask(session, actor, db.now(), user, "password" if act == "ask-reset" else "factor")
            said = _("The inspectorate was asked to agree. Then go on here.")
            return Done(url_for("pages.users", q=user.name), said)
        else:
            raise NotFound("no_such_action", action=act[:40])
        return Done(url_for("pages.users", q=user.name))

    return step
