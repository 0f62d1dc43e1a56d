"""The tables of sentences: a code stands in one of them."""

from collections import Counter

from flask import Flask
from flask_babel import Babel

from web import sentences


def test_no_two_tables_have_a_sentence_for_the_same_code() -> None:
    app = Flask(__name__)
    Babel(app)
    with app.test_request_context():
        codes = Counter(code for room in sentences.ROOMS for code in room.errors())
    assert [code for code, times in codes.items() if times > 1] == []
