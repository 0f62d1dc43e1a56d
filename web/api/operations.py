"""Operations of the API: registering one makes its route, reads what it takes, runs it and describes it.

A handler's signature is its contract: the names of its path, `query` and `body` are parameters, its return type is the
answer.  `get` reads one consistent state; `post` is one transaction, and with an Idempotency-Key the same request is
carried out once and answered again from what it made.
"""

import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, partial
from typing import Any, Generic, NamedTuple, TypeVar, get_args, get_type_hints

from flask import Blueprint, Response, current_app, request
from flask_login import current_user
from pydantic import BaseModel, TypeAdapter, create_model
from sqlalchemy.orm import Session

from web import db, own_password, step_up, text_guard
from web.api import idempotency, intake, scopes
from web.api.repeats import Repeat, found_for
from web.errors import problem
from web.words.errors import sentence
from web.words.labels import labels
from web.words.language import listing
from workflow.actors import Actor
from workflow.county.sign_ins import api_tokens
from workflow.errors import WorkflowError

T = TypeVar("T")
Handler = TypeVar("Handler", bound=Callable[..., Any])
blueprint = Blueprint("api", __name__, url_prefix="/api/v1")


@blueprint.before_request
def _guard() -> Response | None:
    # What the API can do tells a stranger where to try; while it is tried out, everybody may read it.
    open_to_all = request.endpoint == "api.openapi" and current_app.config["ENV_NAME"] != "production"
    if not open_to_all and not current_user.is_authenticated:
        return problem(401, sentence(WorkflowError("signed_out")), "signed_out")
    if not open_to_all and own_password.must_change():
        return problem(403, sentence(WorkflowError("password_given")), "password_given")
    if request.endpoint != "api.openapi" and (missing := step_up.missing_for_programs()):
        return problem(403, sentence(WorkflowError(missing)), missing)
    return _out_of_scope()


def _out_of_scope() -> Response | None:
    """The refusal of what the scopes of a token do not cover, whatever its owner may do."""
    token = current_user.token if current_user.is_authenticated else None
    operation = BY_ENDPOINT.get(str(request.endpoint))
    if token is None or operation is None or api_tokens.covers(token, operation.scope):
        return None
    words = labels("token.scope")
    kept = listing(words[scope] for scope in token.scopes.split())
    error = WorkflowError("scope_not_covered", scope=words[operation.scope], scopes=kept)
    return problem(403, sentence(error), error.code)


@dataclass(frozen=True, slots=True)
class Call:
    """Context of an operation: the session, the caller, and the time."""

    session: Session
    actor: Actor
    now: datetime


class Upload(NamedTuple, Generic[T]):
    """What remains once files are read: the work of the transaction, and the request's body for the idempotency key."""

    work: Callable[[Call], T]
    digest: bytes | None


@dataclass(frozen=True)
class Operation:
    """One method of one path."""

    method: str
    path: str
    summary: str
    handler: Callable[..., Any]
    status: int = 200
    #: Whether it writes: in one transaction, once for a key.
    writes: bool = False
    #: Of files that it answers with: their media types; the handler opens sessions of its own.
    files: tuple[str, ...] = ()
    #: The model of the form that it takes, beside or instead of the body.
    form: type[BaseModel] | None = None
    #: Of one that only reads: records afterwards, in a transaction of its own, that it was read.
    tells: Callable[[Call, Any], None] | None = None
    #: Where its answer names something that other operations take: their path → pointer into the answer.
    links: Mapping[str, str] = field(default_factory=dict)
    #: Of one that writes: how a request that comes again is answered; None: by the operation that reads the same shape.
    repeat: Repeat | None = None

    @cached_property
    def hints(self) -> dict[str, Any]:
        return get_type_hints(self.handler, include_extras=True)

    @property
    def id(self) -> str:
        return self.handler.__name__

    @cached_property
    def scope(self) -> str:
        """The scope that a token needs for it."""
        return scopes.scope_of(self.id, self.path, self.method)

    @property
    def names(self) -> list[str]:
        """The parameters of the path."""
        return re.findall(r"{(\w+)}", self.path)

    @cached_property
    def model(self) -> type[BaseModel]:
        """The parameters of the path as a model."""
        fields: dict[str, Any] = {name: (self.hints[name], ...) for name in self.names}
        made: type[BaseModel] = create_model(self.id, **fields)
        return made

    @cached_property
    def shape(self) -> Any:
        """The type of the answer."""
        hint = self.hints["return"]
        return get_args(hint)[0] if getattr(hint, "__origin__", None) is Upload else hint

    @cached_property
    def answer(self) -> TypeAdapter[Any]:
        """The shape of the answer."""
        return TypeAdapter(self.shape)

    @cached_property
    def repeated(self) -> Repeat:
        """How a request that comes again is answered.  Raises LookupError where nothing says so."""
        return self.repeat or found_for(self, OPERATIONS)

    @property
    def rule(self) -> str:
        """The path as Flask routes it."""

        def part(match: re.Match[str]) -> str:
            name = match[1]
            hint = self.hints[name]
            # Most are plain: a schema of each path would be a third of the API's start.
            kind = {"type": _PLAIN[hint]} if hint in (int, str) else TypeAdapter(hint).json_schema()
            if kind["type"] == "integer":
                return f"<id:{name}>"
            return f"<any({','.join(kind['enum'])}):{name}>" if "enum" in kind else f"<{name}>"

        return re.sub(r"{(\w+)}", part, self.path)

    def __call__(self, **path: Any) -> Response:
        given = intake.parameters(self.model, path) if path else {}
        if "query" in self.hints:
            given["query"] = intake.query(self.hints["query"])
        if "body" in self.hints:
            given["body"] = intake.body(self.hints["body"], form=self.form is not None)
        elif self.writes and self.form is None:
            intake.body(intake.Nothing)
        if self.files:
            response: Response = self.handler(**given)
            return response
        who, now = actor(), db.now()
        if not self.writes:
            with db.read_session() as session:
                made = self._respond(self.handler(Call(session, who, now), **given))
            if (tells := self.tells) is not None:
                db.transaction(lambda session: tells(Call(session, who, now), given["query"]))
            return made
        digest = None
        if self.form is not None:
            text_guard.check_form()
            work, digest = self.handler(**given)
        else:
            work = partial(self.handler, **given)
        asked = idempotency.Asked(
            lambda session: self._plain(work(Call(session, who, now))),
            self.repeated.kept,
            lambda session, kept: self._again(Call(session, who, now), given, kept),
            self.status,
        )
        return idempotency.once(asked, digest)

    def _again(self, call: Call, given: Mapping[str, Any], kept: dict[str, Any]) -> Any:
        made = self.repeated.answer(call, given, kept)
        return made if made is kept else self._plain(made)

    def _respond(self, answer: Any) -> Response:
        content = self.answer.dump_json(answer, by_alias=True, warnings="error" if current_app.testing else "none")
        return Response(content, self.status, content_type="application/json")

    def _plain(self, answer: Any) -> Any:
        return self.answer.dump_python(
            answer, mode="json", by_alias=True, warnings="error" if current_app.testing else "none"
        )


#: Types of a path's parameters without bounds of their own, and their JSON type.
_PLAIN = {int: "integer", str: "string"}
OPERATIONS: list[Operation] = []
#: Operations by the endpoint of their route.
BY_ENDPOINT: dict[str, Operation] = {}


def get(path: str, summary: str, **more: Any) -> Callable[[Handler], Handler]:
    """Register what reads; `more`: fields of `Operation`."""
    return _registered("GET", path, summary, **more)


def post(path: str, summary: str, **more: Any) -> Callable[[Handler], Handler]:
    """Register what writes; `more`: fields of `Operation`."""
    return _registered("POST", path, summary, **{"writes": True, **more})


def _registered(method: str, path: str, summary: str, **more: Any) -> Callable[[Handler], Handler]:
    def register(handler: Handler) -> Handler:
        operation = Operation(method, path, summary, handler, **more)
        assert set(inspect.signature(handler).parameters) <= {"call", "query", "body", *operation.names}
        assert operation.scope
        OPERATIONS.append(operation)
        BY_ENDPOINT[f"{blueprint.name}.{operation.id}"] = operation
        blueprint.add_url_rule(operation.rule, operation.id, operation.__call__, methods=[method])
        return handler

    return register


def reading(look: Callable[[Call], T]) -> T:
    """The result of `look` in one consistent state; for handlers that open their own sessions."""
    with db.read_session() as session:
        return look(Call(session, actor(), db.now()))


def actor() -> Actor:
    """The caller."""
    actor: Actor = current_user.actor
    return actor
