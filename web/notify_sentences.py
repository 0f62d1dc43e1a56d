"""Words of what leaves the house: channels, kinds, why something did not get through, and refusals."""

from flask_babel import gettext as _

from notifications.wording import headline
from web import sentences


def _language() -> str:
    return "zh_Hans" if sentences.chinese() else "en"


def errors() -> dict[str, str]:
    """Sentences by code."""
    return {
        "bad_email": _("This is not an e-mail address; write it like name@example.gov.cn."),
        "bad_mobile": _("This is not a mobile number; give its eleven digits."),
        "not_set_up": _("This installation sends nothing to a “{field}” yet; ask the administrator to have it set up."),
        "too_many_codes": _("Too many codes were sent within an hour; wait a while and try again."),
        "no_code": _("No code is awaited for this address; enter the address first."),
        "code_expired": _("The code is no longer good; enter the address again and a new one is sent."),
        "wrong_code": _("The code is wrong; look at the latest message and type its six digits."),
        "deliveries_not_yours": _("What did not get through is the county office's to see; ask it."),
        "nothing_to_decide": _("Nothing is to be decided here any more; load the page again."),
        "told_not_yours": _("Who was told is seen by the county office, the leading group and the inspectorate."),
        "unknown_channel": _("Choose WeCom or DingTalk."),
        "host_not_allowed": _(
            "“{field}” lies at a host that XIAOHAO_OUTBOUND does not name; have it added, or correct it."
        ),
        "no_such_message": _("There is no such message in your inbox; take one from the list."),
        "no_such_event": _("There is no event with this number; look on the audit trail."),
        "no_such_robot": _("There is no such robot any more; load the page again."),
    }


def fields() -> dict[str, str]:
    """What people call these inputs."""
    return {
        "email": _("e-mail address"),
        "sms": _("mobile number"),
        "email_code": _("code"),
        "sms_code": _("code"),
        "url": _("address of the robot"),
        "secret": _("signing secret"),
        "channel": _("channel"),
        "upto": _("message up to which all is read"),
        "unread": _("unread only"),
    }


def channel_name(channel: str) -> str:
    """What people call a channel."""
    return {
        "inbox": _("Inbox"),
        "email": _("E-mail"),
        "sms": _("Text message"),
        "wecom": _("WeCom"),
        "dingtalk": _("DingTalk"),
    }[channel]


def seat_name(seat: str) -> str:
    """What people call a post of a unit."""
    return {"duty": _("duty officer"), "leader": _("leader")}[seat]


def kind_name(kind: str) -> str:
    """What a kind tells, without a ticket."""
    return headline(kind, _language(), {"rung": ["各级", "Any rung"], "count": "", "code": ""}).strip()


def delivery_status(status: str, waits: bool) -> str:
    """How a delivery stands."""
    if status == "unknown" and not waits:
        return _("in doubt: it may have arrived")
    return {
        "pending": _("waiting"),
        "sending": _("being sent"),
        "sent": _("sent"),
        "dead": _("given up"),
        "unknown": _("waiting, once more"),
    }[status]


def error_name(code: str | None) -> str:
    """Why the other side did not take it."""
    if not code:
        return ""
    start, _sign, number = code.rpartition("_")
    if number.lstrip("-").isdigit():
        return {
            "smtp": _("the mail server answered %(n)s", n=number),
            "http": _("the other side answered %(n)s", n=number),
            "errcode": _("the robot answered %(n)s", n=number),
        }.get(start, code)
    return {
        "timeout": _("no answer in time"),
        "no_encryption": _("the mail server offers no encryption, so no password was sent"),
        "connection": _("no connection"),
        "unresolved": _("the host's name is not known"),
        "host_not_allowed": _("the host is not in the settings"),
        "private_address": _("the host lies in a private network that the settings do not allow"),
        "redirected": _("sent on elsewhere, which is not followed"),
        "no_errcode": _("an answer that is none of a robot's"),
        "answer_too_long": _("an answer without end"),
        "bad_address": _("no usable address"),
        "address_gone": _("the address is no longer used"),
        "not_composed": _("could not be composed"),
        "interrupted": _("the worker ended while sending"),
    }.get(code, code)


def fault_name(fault: str) -> str:
    """What is wrong with an address."""
    return {
        "refused": _("refused by the other side"),
        "unreachable": _("could not be reached"),
        "bounced": _("mail came back"),
    }.get(fault, fault)
