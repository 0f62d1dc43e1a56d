"""What this project uses of Flask-Login, which ships no types."""

from collections.abc import Callable
from typing import Any

from flask import Flask, Request
from flask.typing import ResponseReturnValue

class UserMixin:
    id: str
    is_authenticated: bool

_Loader = Callable[[Request], UserMixin | None]

class LoginManager:
    def init_app(self, app: Flask) -> None: ...
    def unauthorized_handler(
        self, callback: Callable[[], ResponseReturnValue]
    ) -> Callable[[], ResponseReturnValue]: ...
    def request_loader(self, callback: _Loader) -> _Loader: ...

current_user: Any
