"""Retention settings: for how many days rows are kept that nothing needs any more, with the least that the law or the system needs.

Source: 网络安全法 art. 23 (3) of 2026, art. 21 (3) before: logs of the network are kept for at least six months.
"""

from pydantic import BaseModel, Field, field_validator
from pydantic_core.core_schema import ValidationInfo

#: Six months have at most 184 days.
SIX_MONTHS = 184
#: A phone keeps what it could not send for up to 30 days.
LONGEST_DELAY = 30
_MOST = 36_500
_LOGS = (SIX_MONTHS, "logs of the network are kept for six months (网络安全法 art. 23 (3), before 2026 art. 21 (3))")
#: The least days of a setting, and why.
_LEAST = {
    "keep_request_days": (LONGEST_DELAY, "a phone may send a form again for so long"),
    **dict.fromkeys(("keep_session_days", "keep_refusal_days", "keep_message_days"), _LOGS),
}


class Retention(BaseModel):
    """For how many days requests, sign-ins, refusals and messages are kept."""

    keep_request_days: int = Field(default=60, description="days for which a request that comes again is recognised")
    keep_session_days: int = Field(default=365, description="days for which a sign-in that is over is kept")
    keep_refusal_days: int = Field(default=365, description="days for which names and addresses of refusals are kept")
    keep_message_days: int = Field(default=1095, description="days for which read messages and sent letters are kept")

    @field_validator(*_LEAST)
    @classmethod
    def _long_enough(cls, value: int, info: ValidationInfo) -> int:
        least, why = _LEAST[str(info.field_name)]
        if value < least:
            raise ValueError(f"give {least} days or more: {why}")
        if value > _MOST:
            raise ValueError(f"give {_MOST} days or fewer")
        return value
