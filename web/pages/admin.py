"""The administrator's page: accounts and posts.  No ticket business."""

import secrets
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user, login_required
from sqlalchemy import select

from models import ApiToken, Post, User, Village
from models.people import ROLES
from notifications import addresses
from web import db
from web.auth import HASHER
from web.errors import status_of
from web.pages import blueprint
from web.words.errors import sentence
from workflow.boards import pending
from workflow.county import accounts
from workflow.county.context import setting
from workflow.errors import NotAllowed, NotFound, WorkflowError
from workflow.tickets.views.search import cleaned


def _only_admin() -> None:
    if current_user.actor.role != "admin":
        raise NotAllowed("only_the_administrator")


@blueprint.get("/users")
@login_required
def users() -> Any:
    _only_admin()
    return _page()


def _page(error: WorkflowError | None = None) -> Any:
    query = cleaned(request.values.get("q"))
    with db.reading() as session:
        found = select(User).order_by(User.name)
        if query:
            found = found.where(
                User.name.contains(query, autoescape=True) | User.display_name.contains(query, autoescape=True)
            )
        after = request.values.get("after", "")
        rows = session.scalars(found.where(User.name > after).limit(51)).all()
        posts = {
            (post.user_id, post.kind)
            for post in session.scalars(
                select(Post).where(Post.until_at.is_(None), Post.user_id.in_([u.id for u in rows]))
            )
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
        place = setting(session)
        held = pending.holding(session)
        faults = addresses.faults(session, [u.id for u in rows])
    page = render_template(
        "admin/users.html",
        rows=rows[:50],
        more=rows[49].name if len(rows) > 50 else None,
        posts=posts,
        villages=villages,
        tokens=tokens,
        place=place,
        roles=ROLES,
        typed=request.form,
        q=query,
        error=sentence(error) if error else None,
        field=error.field if error else None,
        held=held,
        faults=faults,
    )
    return (page, status_of(error)) if error else page


@blueprint.post("/users")
@login_required
def add_user() -> Any:
    _only_admin()
    form, password = request.form, secrets.token_urlsafe(9)
    hashed = HASHER.hash(password)
    try:
        with db.writing() as session:
            accounts.create_user(
                session,
                current_user.actor,
                db.now(),
                name=form.get("name", ""),
                role=form.get("role", ""),
                unit=form.get("unit") or None,
                village=form.get("village", "").strip() or None,
                display_name=form.get("display_name") or None,
                password_hash=hashed,
            )
    except WorkflowError as error:
        return _page(error)
    flash(_("The password of %(name)s, shown only once: %(password)s", name=form["name"], password=password), "success")
    return redirect(url_for("pages.users", q=form["name"]))


@blueprint.get("/users/<id:user_id>/<act>")
@login_required
def changed_user(user_id: int, act: str) -> Any:
    """Where a button of the page was sent, asked for again: the page itself."""
    return redirect(url_for("pages.users"))


@blueprint.post("/users/<id:user_id>/<act>")
@login_required
def change_user(user_id: int, act: str) -> Any:
    _only_admin()
    actor, password = current_user.actor, secrets.token_urlsafe(9)
    hashed = HASHER.hash(password) if act == "password" else ""
    try:
        with db.writing() as session:
            user = session.scalars(select(User).where(User.id == user_id).with_for_update()).one_or_none()
            if user is None:
                raise NotFound("user_unknown", "name", name=user_id)
            name = user.name
            if act in ("leader", "duty"):
                accounts.appoint(session, actor, user, act, db.now())
            elif act in ("close", "open"):
                accounts.set_active(session, actor, user, act == "open", db.now())
            elif act == "tokens":
                accounts.revoke_tokens(session, actor, user, db.now())
            elif act == "password":
                accounts.set_password(session, actor, user, hashed, db.now())
            else:
                raise NotFound("no_such_action", action=act[:40])
    except WorkflowError as error:
        return _page(error)
    if act == "password":
        flash(_("The password of %(name)s, shown only once: %(password)s", name=name, password=password), "success")
    return redirect(url_for("pages.users", q=name))
