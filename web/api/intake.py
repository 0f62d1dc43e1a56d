"""Request intake: parameters, body and files are read into the models of the operation; a misfit is a BadInput naming the field."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, TypeVar

from flask import request
from pydantic import BaseModel, ValidationError
from werkzeug.datastructures import FileStorage

from web.api.fields import Body
from web.text_guard import is_storable
from workflow.errors import BadInput

M = TypeVar("M", bound=BaseModel)
#: What pydantic finds wrong → our code; the types in `fields` raise codes of ours.
_CODES = {
    "missing": "missing",
    "extra_forbidden": "unknown_field",
    "string_type": "not_text",
    "string_too_long": "too_long",
    "string_too_short": "missing",
    "literal_error": "not_one_of",
    "list_type": "not_a_list",
}


class Nothing(Body):
    """No field is asked for."""


def query(model: type[M]) -> M:
    """The parameters of the address; what is left empty counts as left out.  Raises BadInput."""
    return _read(model, {name: text for name, text in request.args.items() if text != ""})


def parameters(model: type[BaseModel], path: dict[str, Any]) -> dict[str, Any]:
    """The parameters of the path.  Raises BadInput."""
    return dict(_read(model, path))


def body(model: type[M], *, form: bool = False) -> M:
    """The request's JSON object.  Raises BadInput for anything else and for fields that are not asked for.

    `form`: it may come as the text `report` of a form, together with files.
    """
    part = request.form.get("report", "") if form and request.mimetype == "multipart/form-data" else None
    try:
        fields = request.get_json(silent=True) if part is None else json.loads(part)
    except (RecursionError, ValueError) as error:
        raise BadInput("bad_body", "body") from error
    if part is None and fields is None and not request.get_data():
        fields = {}
    if not isinstance(fields, dict):
        raise BadInput("bad_body", "body")
    for name, value in fields.items():
        if not is_storable([name, value]):
            raise BadInput("not_storable", name if is_storable(name) else "body")
    return _read(model, fields)


def digest_of(file: FileStorage) -> str:
    """A file as part of an idempotency key: its name and the hash of its bytes."""
    digest = hashlib.sha256(file.read()).hexdigest()
    file.seek(0)
    return f"{file.filename}\n{digest}"


def _read(model: type[M], fields: Mapping[str, Any]) -> M:
    try:
        return model.model_validate(fields)
    except ValidationError as error:
        raise _refusal(error) from error


def _refusal(error: ValidationError) -> BadInput:
    first = error.errors(include_url=False, include_input=False)[0]
    context = first.get("ctx", {})
    code = _CODES.get(first["type"], first["type"] if first["msg"] == "refused" else "not_understood")
    params: dict[str, Any] = {}
    if code == "unknown_field" and len(first["loc"]) > 1:
        # The field is known; a key of an object in it is not.
        code, params["key"] = "unknown_key", str(first["loc"][-1])[:64]
    elif code == "too_long":
        params["most"] = context["max_length"]
    elif code == "not_one_of":
        params["choices"] = context["expected"].replace("'", "").replace(" or ", ", ")
    elif first["msg"] == "refused":
        params = dict(context)
    return BadInput(code, str(first["loc"][0])[:64] if first["loc"] else "body", **params)
