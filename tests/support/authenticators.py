"""An authenticator without hardware: a key pair that answers as a browser does, with every part open to be told wrong."""

import json
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from webauthn.helpers import bytes_to_base64url as text_of
from webauthn.helpers.cose import COSECRV, COSEKTY, COSEKey
from webauthn.helpers.encode_cbor import encode_cbor

_PRESENT, _WITH_KEY = 0x01, 0x40


@dataclass
class Authenticator:
    """A security key for one site."""

    origin: str = "https://xiaohao.example"
    host: str = "xiaohao.example"
    credential_id: bytes = b"credential of a key"
    sign_count: int = 0
    flags: int = _PRESENT
    _key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def add(self, challenge: bytes) -> str:
        """The answer to `navigator.credentials.create`."""
        key = self._key.public_key().public_numbers()
        cose = {
            COSEKey.KTY: COSEKTY.EC2,
            COSEKey.ALG: -7,
            COSEKey.CRV: COSECRV.P256,
            COSEKey.X: key.x.to_bytes(32, "big"),
            COSEKey.Y: key.y.to_bytes(32, "big"),
        }
        public = encode_cbor(
            {int(name): int(value) if isinstance(value, int) else value for name, value in cose.items()}
        )
        named = b"\0" * 16 + len(self.credential_id).to_bytes(2, "big") + self.credential_id + public
        statement = encode_cbor({"fmt": "none", "attStmt": {}, "authData": self._data(_WITH_KEY) + named})
        client = self._client("webauthn.create", challenge)
        return self._answer({"clientDataJSON": text_of(client), "attestationObject": text_of(statement)})

    def give(self, challenge: bytes) -> str:
        """The answer to `navigator.credentials.get`; each has a higher counter."""
        self.sign_count += 1
        data, client = self._data(), self._client("webauthn.get", challenge)
        signature = self._key.sign(data + sha256(client).digest(), ec.ECDSA(SHA256()))
        parts = {"clientDataJSON": client, "authenticatorData": data, "signature": signature}
        return self._answer({name: text_of(part) for name, part in parts.items()})

    def _data(self, more: int = 0) -> bytes:
        head = sha256(self.host.encode()).digest() + bytes([self.flags | more])
        return head + self.sign_count.to_bytes(4, "big")

    def _client(self, kind: str, challenge: bytes) -> bytes:
        return json.dumps({"type": kind, "challenge": text_of(challenge), "origin": self.origin}).encode()

    def _answer(self, response: dict[str, Any]) -> str:
        name = text_of(self.credential_id)
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": response})
