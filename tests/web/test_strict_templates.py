"""In tests a template that reads a name that nobody passed is an error, and not an empty text."""

import pytest
from jinja2 import UndefinedError

from tests.support.apps import app_on


@pytest.mark.parametrize(
    "text", ["{{ nobody }}", "{{ 'x' if nobody }}", "{% for one in nobody %}{% endfor %}", "{{ x.nothing }}"]
)
def test_a_name_or_an_attribute_that_nobody_passed_is_an_error(text: str) -> None:
    app = app_on("sqlite://")
    with app.test_request_context(), pytest.raises(UndefinedError):
        app.jinja_env.from_string(text).render(x=object())


def test_a_box_that_was_not_sent_is_empty() -> None:
    app = app_on("sqlite://")
    with app.test_request_context():
        assert app.jinja_env.from_string("{{ form.reason }}{{ 'x' if form.reason }}").render(form={}) == ""
