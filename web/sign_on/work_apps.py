"""Work apps: WeCom (企业微信) and DingTalk (钉钉) as ways of signing on: a code for the person's id in the organisation.

WeCom: `gettoken`, then `auth/getuserinfo`.  It answers errors with HTTP 200 and `errcode` ≠ 0; the app's token is good for two
hours and is kept.  DingTalk: `oauth2/userAccessToken`, then `contact/users/me`; errors have a status of their own.
"""

import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import current_app, request

from web.sign_on.refused import Elsewhere, Unreachable
from workflow.county.sign_ins.sign_ons import Identity

_PATIENCE = 8.0
#: Codes of WeCom for a token that is no longer good: invalid, expired.
_STALE = (40014, 42001)
#: Seconds before its end at which the kept token is fetched again.
_EARLY = 300


@dataclass(frozen=True, slots=True)
class WeCom:
    """An app of an organisation in WeCom, and the addresses of WeCom."""

    corp_id: str = ""
    agent_id: str = ""
    secret: str = ""
    api: str = "https://qyapi.weixin.qq.com"

    def address(self, back: str, state: str) -> str:
        """Where a person signs in: inside the app without a word, elsewhere with a code to scan."""
        asked = {"appid": self.corp_id, "agentid": self.agent_id, "redirect_uri": back, "state": state}
        if "wxwork" in request.user_agent.string.lower():
            inside = urlencode({**asked, "response_type": "code", "scope": "snsapi_base"})
            return f"https://open.weixin.qq.com/connect/oauth2/authorize?{inside}#wechat_redirect"
        return f"https://login.work.weixin.qq.com/wwlogin/sso/login?{urlencode({'login_type': 'CorpApp', **asked})}"

    def identity(self) -> Identity:
        """The member that the code of this request is of.  Raises Elsewhere, also for one who is no member; Unreachable."""
        answer = self._member(self._token())
        if answer.get("errcode") in _STALE:
            answer = self._member(self._token(fresh=True))
        return Identity(
            "wecom", f"wecom:{self.corp_id}", _subject(answer, "userid" if "userid" in answer else "UserId")
        )

    def _member(self, token: str) -> dict[str, Any]:
        asked = {"access_token": token, "code": request.args.get("code", "")}
        answer = _asked("GET", f"{self.api}/cgi-bin/auth/getuserinfo", params=asked)
        if answer.get("errcode") not in (0, *_STALE):
            _refuse("wecom", answer.get("errcode"))
        return answer

    def _token(self, *, fresh: bool = False) -> str:
        kept = current_app.extensions.setdefault("xiaohao.wecom", {})
        token, until = kept.get(self, ("", 0.0))
        if token and not fresh and time.monotonic() < until:
            return str(token)
        asked = {"corpid": self.corp_id, "corpsecret": self.secret}
        answer = _asked("GET", f"{self.api}/cgi-bin/gettoken", params=asked)
        token, lasts = answer.get("access_token"), answer.get("expires_in")
        if answer.get("errcode") != 0 or not isinstance(token, str) or not isinstance(lasts, int):
            _refuse("wecom", answer.get("errcode"))
        kept[self] = token, time.monotonic() + int(lasts or 0) - _EARLY
        return str(token)


@dataclass(frozen=True, slots=True)
class DingTalk:
    """An app of an organisation in DingTalk, and the address of DingTalk."""

    client_id: str = ""
    client_secret: str = ""
    api: str = "https://api.dingtalk.com"

    def address(self, back: str, state: str) -> str:
        """Where a person signs in."""
        asked = {"client_id": self.client_id, "redirect_uri": back, "state": state, "response_type": "code"}
        return f"https://login.dingtalk.com/oauth2/auth?{urlencode({**asked, 'scope': 'openid', 'prompt': 'consent'})}"

    def identity(self) -> Identity:
        """The person that the code of this request is of.  Raises Elsewhere, Unreachable."""
        asked = {
            "clientId": self.client_id,
            "clientSecret": self.client_secret,
            "code": request.args.get("authCode") or request.args.get("code", ""),
            "grantType": "authorization_code",
        }
        token = _asked("POST", f"{self.api}/v1.0/oauth2/userAccessToken", json=asked).get("accessToken")
        if not isinstance(token, str) or not token:
            _refuse("dingtalk", None)
        of_token = {"x-acs-dingtalk-access-token": str(token)}
        me = _asked("GET", f"{self.api}/v1.0/contact/users/me", headers=of_token)
        return Identity("dingtalk", f"dingtalk:{self.client_id}", _subject(me, "unionId"))


def _asked(method: str, address: str, **asked: Any) -> dict[str, Any]:
    """The JSON object of an answer.  Raises Unreachable where none arrives or the server fails, Elsewhere for a refusal."""
    # Only here: most counties sign on without a work app.
    import httpx

    try:
        with httpx.Client(timeout=_PATIENCE, follow_redirects=False, trust_env=False) as client:
            answer = client.request(method, address, **asked)
    except (httpx.HTTPError, UnicodeError) as error:
        current_app.logger.warning("a work app did not answer: %s", type(error).__name__)
        raise Unreachable("sign_on_unreachable") from error
    if answer.status_code >= 500:
        raise Unreachable("sign_on_unreachable")
    try:
        read = answer.json()
    except ValueError as error:
        raise Elsewhere("sign_on_refused") from error
    if answer.status_code != 200 or not isinstance(read, dict):
        _refuse(address, read.get("code") if isinstance(read, dict) else None)
    return dict(read)


def _subject(answer: dict[str, Any], name: str) -> str:
    subject = answer.get(name)
    if not isinstance(subject, str) or not 0 < len(subject) <= 255 or not subject.isprintable():
        raise Elsewhere("sign_on_refused")
    return subject


def _refuse(whose: str, code: object) -> None:
    # The code alone: what else an answer says may hold a token or a name.
    current_app.logger.warning("sign-on refused by %s: %s", whose, str(code)[:80])
    raise Elsewhere("sign_on_refused")
