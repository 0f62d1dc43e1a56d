"""The tables of sentences: a code stands in one of them."""

from collections import Counter

from flask import Flask
from flask_babel import Babel

from web import asking_sentences, calendar_sentences, duty_sentences, register_sentences, sentences


def test_no_two_tables_have_a_sentence_for_the_same_code() -> None:
    app = Flask(__name__)
    Babel(app)
    with app.test_request_context():
        tables = (
            sentences._errors(), register_sentences.errors(), calendar_sentences.errors(), asking_sentences.errors(),
            duty_sentences.errors(),
        )  # fmt: skip
    codes = Counter(code for table in tables for code in table)
    assert [code for code, times in codes.items() if times > 1] == []
