"""WebAuthn answers: what a browser is asked for a passkey, and the check of what the device signed.

The site that an answer must be for comes from the settings, never from what the browser says.  Attestation is not asked for:
which make a key is does not matter here.  Source: W3C Web Authentication Level 2, sections 7.1 and 7.2.
"""

import json
from collections.abc import Sequence
from hashlib import sha256
from typing import Any

import webauthn
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, options_to_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from models import Passkey, User
from workflow.county.sign_ins.passkeys import ANSWERED_WITHIN, NewPasskey, Site
from workflow.errors import BadInput

#: The longest answer that is read, in characters; devices send a few thousand.
LONGEST = 20_000
#: Anything may be sent as an answer, and the library's parsers fail on it in many ways; whatever fails is a wrong answer.
_UNREADABLE = (WebAuthnException, ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError)
_TIMEOUT = int(ANSWERED_WITHIN.total_seconds() * 1000)


def options_to_add(site: Site, user: User, challenge: bytes, held: Sequence[Passkey]) -> str:
    """What `navigator.credentials.create` is given, as JSON with base64url; a device that is held already is left out."""
    options = webauthn.generate_registration_options(
        rp_id=site.host,
        rp_name=site.name,
        # Not the person's name: the device keeps it where others may read it.
        user_id=sha256(f"{site.host} {user.id}".encode()).digest(),
        user_name=user.name,
        user_display_name=user.display_name,
        challenge=challenge,
        timeout=_TIMEOUT,
        exclude_credentials=_descriptors(held),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.DISCOURAGED,
            user_verification=UserVerificationRequirement.PREFERRED,
        ),
    )
    return options_to_json(options)


def options_to_give(site: Site, challenge: bytes, held: Sequence[Passkey]) -> str:
    """What `navigator.credentials.get` is given, as JSON with base64url."""
    options = webauthn.generate_authentication_options(
        rp_id=site.host, challenge=challenge, timeout=_TIMEOUT, allow_credentials=_descriptors(held)
    )
    return options_to_json(options)


def added(site: Site, challenge: bytes, answer: str, name: str) -> NewPasskey:
    """The passkey that a device has made.  Raises BadInput `passkey_wrong` for another site, challenge or a wrong signature."""
    credential = _read(answer)
    try:
        made = webauthn.verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
        )
    except _UNREADABLE as error:
        raise BadInput("passkey_wrong", "passkey") from error
    key, number = bytes_to_base64url(made.credential_public_key), bytes_to_base64url(made.credential_id)
    return NewPasskey(name, number, key, made.sign_count)


def credential_of(answer: str) -> str:
    """The id of the passkey that an answer says it is of, in base64url.  Raises BadInput `passkey_wrong`."""
    return str(_read(answer)["id"])


def sign_count_of(site: Site, challenge: bytes, answer: str, passkey: Passkey) -> int:
    """The counter of a passkey that has signed the challenge.

    Raises BadInput `passkey_wrong`; `passkey_copied` for a counter that has gone back, as a copy's does.
    """
    # The library checks the counter as well, but under the same error as everything else.
    try:
        given = webauthn.verify_authentication_response(
            credential=_read(answer),
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            credential_public_key=base64url_to_bytes(passkey.public_key),
            credential_current_sign_count=0,
        )
    except _UNREADABLE as error:
        raise BadInput("passkey_wrong", "passkey") from error
    if given.new_sign_count <= passkey.sign_count and (given.new_sign_count, passkey.sign_count) != (0, 0):
        raise BadInput("passkey_copied", "passkey")
    return given.new_sign_count


def _read(answer: str) -> dict[str, Any]:
    if len(answer) > LONGEST:
        raise BadInput("passkey_wrong", "passkey")
    try:
        credential = json.loads(answer)
    except (ValueError, RecursionError) as error:
        raise BadInput("passkey_wrong", "passkey") from error
    if not isinstance(credential, dict) or not isinstance(credential.get("id"), str):
        raise BadInput("passkey_wrong", "passkey")
    return credential


def _descriptors(held: Sequence[Passkey]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=base64url_to_bytes(each.credential_id)) for each in held]
