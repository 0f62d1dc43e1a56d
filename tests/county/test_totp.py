"""Time-based codes: those of the standards' own vectors."""

import base64
from datetime import UTC, datetime
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from workflow.county.sign_ins import totp

#: The secret of both standards' vectors: twenty ASCII digits.
SECRET = base64.b32encode(b"12345678901234567890").decode()


@pytest.mark.parametrize(
    ("step", "code"),
    list(
        enumerate(["755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"])
    ),
)
def test_the_codes_of_the_first_steps_are_those_of_rfc_4226(step: int, code: str) -> None:
    assert totp.code_of(SECRET, step) == code


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
        (20000000000, "353130"),
    ],
)
def test_the_codes_of_moments_are_the_last_six_digits_of_rfc_6238(seconds: int, code: str) -> None:
    assert totp.code_of(SECRET, totp.step_of(datetime.fromtimestamp(seconds, UTC))) == code


def test_a_secret_has_160_bits_and_needs_no_padding() -> None:
    made = {totp.new_secret() for _ in range(50)}
    assert len(made) == 50
    assert {(len(one), len(base64.b32decode(one))) for one in made} == {(32, 20)}


def test_an_app_reads_secret_owner_and_system_from_the_address() -> None:
    address = urlsplit(totp.address_of(SECRET, "王 b/c&d", "五华县销号"))
    assert (address.scheme, address.netloc) == ("otpauth", "totp")
    assert unquote(address.path) == "/五华县销号:王 b/c&d"
    assert parse_qs(address.query) == {"secret": [SECRET], "issuer": ["五华县销号"]}
