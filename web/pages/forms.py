"""Forms of pages: one wrapper runs a form's action and shows a refusal where it was typed; one renderer shows both.

A view parses its form and returns a `Step`, which runs in one transaction and says where the person goes next.  What
the domain refuses, in the view or in the step, shows the form's page again with all that was typed.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from flask import flash, g, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug import Response
from werkzeug.datastructures import MultiDict

from web import db, form_files, form_keys, resubmit
from web.errors import status_of
from web.form_keys import Done as Done
from web.pages import blueprint
from web.words.errors import sentence
from workflow.errors import BadInput, NotFound, WorkflowError
from workflow.inputs import whole

P = ParamSpec("P")


Step = Callable[[Session], Done]
#: What a page is answered with: its text, and a status where it is not 200.
Page = str | tuple[str, int] | Response


def returns_to(rule: str, page: str, *shared: str) -> None:
    """Leads from the address of a form, loaded by GET, to its page; `shared` are the arguments that both have."""

    def view(**values: Any) -> ResponseReturnValue:
        return redirect(url_for(f"pages.{page}", **{name: values[name] for name in shared}))

    blueprint.add_url_rule(rule, f"form at {rule}", view)


def done(to: str) -> Done:
    """The outcome of most forms: “Done.”."""
    return Done(to, _("Done."))


def _whole(asked: Step | Done) -> Step:
    """The form's step, and with it an end to the wait of the files that it named."""

    def step(session: Session) -> Done:
        made = asked if isinstance(asked, Done) else asked(session)
        form_files.release(session)
        return made

    return step


def form_action(
    show: Callable[Concatenate[WorkflowError, P], Page],
    *,
    passes: tuple[type[WorkflowError], ...] = (NotFound,),
) -> Callable[[Callable[P, Step | Done | Page]], Callable[P, ResponseReturnValue]]:
    """Wraps the view of a form: its step runs in one transaction, then the user is redirected; `show` renders a refusal.

    `show` gets the refusal and the arguments of the view.  Refusals of the kinds in `passes` become a page of their own.
    A form that arrives a second time leads where it led, without the view.  After losing the race for a unique key the
    step runs again and finds the winner's row.
    """

    def wrapped(view: Callable[P, Step | Done | Page]) -> Callable[P, ResponseReturnValue]:
        @wraps(view)
        def acted(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
            try:
                made = form_keys.earlier()
                if made is None:
                    asked = view(*args, **kwargs)
                    if isinstance(asked, str | tuple | Response):
                        return asked
                    # A view that has had transactions of its own leaves its key after the last of them.
                    made = db.transaction_once(form_keys.claimed(_whole(asked)))
            except form_keys.SentAlready as error:
                page = resubmit.page(error.why, 409, anew=True)
                if page is None:
                    flash(error.why, "warning")
                return page or redirect(error.to)
            except WorkflowError as error:
                form_files.hold()
                if isinstance(error, passes):
                    raise
                return show(error, *args, **kwargs)
            if made.said is not None:
                flash(made.said, made.category)
            if form_keys.by_script():
                # With the key, so that no page of a portal on the way passes for a yes.
                return jsonify(once=request.form.get(form_keys.FIELD, ""), see=made.to)
            return redirect(made.to)

        return acted

    return wrapped


@dataclass(slots=True)
class Refusal:
    """The refusal that a page shows: its sentence, the input it is about, and whether it was drawn already."""

    text: str
    field: str | None = None
    drawn: bool = False


@dataclass(frozen=True, slots=True)
class FormState:
    """One form of a page as templates/_forms.html draws it: what was typed into it, and the refusal.

    An input draws the refusal that is about it; what no input drew is drawn above the form, so that a refusal is read
    once, whatever the form asks for.
    """

    typed: Mapping[str, str] = field(default_factory=dict)
    refusal: Refusal | None = None
    #: Whether this is the form that was sent; the others of the page are as they open.
    tried: bool = True

    def value(self, name: str, usual: Any = "") -> Any:
        """The text typed into an input, or the value with which it opens."""
        return self.typed[name] if self.tried and name in self.typed else usual

    def every(self, name: str) -> list[str]:
        """The texts typed into the inputs of one name, in their order."""
        return self.typed.getlist(name) if self.tried and isinstance(self.typed, MultiDict) else []

    def error_at(self, name: str) -> str | None:
        """The refusal's sentence if it is about this input."""
        if not self.tried or self.refusal is None or self.refusal.field != name:
            return None
        self.refusal.drawn = True
        return self.refusal.text

    def unshown(self) -> str | None:
        """The refusal's sentence if no input has drawn it."""
        if not self.tried or self.refusal is None or self.refusal.drawn:
            return None
        self.refusal.drawn = True
        return self.refusal.text


def render_form(
    template: str,
    error: WorkflowError | None = None,
    *,
    names: Mapping[str, str] | None = None,
    typed: Mapping[str, str] | None = None,
    tried: str | None = None,
    field: str | None = None,
    **values: Any,
) -> Page:
    """A page with forms; after a refusal with its sentence, the input it is about, and its status.

    `names`: inputs that this page calls otherwise.  `typed` is what the form held, nothing when it was only opened.
    `tried`: which of several forms was sent.  `field`: the input of this page that the refusal is about, if the domain
    calls it otherwise.  Templates get `form`, the state of the only form, and `form_of(name)`, that of one of several.
    """
    typed = request.form if typed is None else typed
    refusal = Refusal(sentence(error, names), field or error.field) if error is not None else None

    def form_of(*names: str) -> FormState:
        return FormState(typed, refusal, tried in names)

    page = render_template(
        template,
        typed=typed,
        tried=tried,
        now=db.now(),
        form=FormState(typed, refusal),
        form_of=form_of,
        **values,
    )
    return page if error is None else (page, status_of(error))


def picked() -> list[int]:
    """The evidence that the form names: ids that were ticked, and files that it uploaded."""
    return [*request.form.getlist("evidence", int), *g.get("kept_evidence", ())]


def add_picked(kept: list[int]) -> None:
    """Counts uploaded files as picked, so that a form shown again offers them and none is uploaded twice."""
    g.kept_evidence = [*g.get("kept_evidence", ()), *kept]


def versions_seen(boxes: list[str]) -> dict[str, int]:
    """The tickets ticked in a form with the versions seen: `2018-000012:3` is version 3.  Raises BadInput."""
    versions = {}
    for box in boxes:
        number, _colon, version = box.partition(":")
        seen = whole(version)
        if seen is None:
            raise BadInput("bad_version", "tickets")
        versions[number] = seen
    return versions
