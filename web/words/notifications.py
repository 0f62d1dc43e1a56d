"""Notifications: labels of channels and deliveries, why one failed, and the sentences of their errors."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from notifications.wording import headline
from web.words.labels import add, label, labels
from web.words.language import chinese

add(
    {
        "preference.how": {
            "at_once": _l("at once"),
            "digest": _l("in the morning digest"),
            "off": _l("not by e-mail"),
        },
        "channel": {
            "inbox": _l("Inbox"),
            "email": _l("E-mail"),
            "sms": _l("Text message"),
            "wecom": _l("WeCom"),
            "dingtalk": _l("DingTalk"),
        },
        "post": {
            "duty": _l("duty officer"),
            "leader": _l("leader"),
        },
        "delivery.status": {
            "pending": _l("waiting"),
            "sending": _l("being sent"),
            "sent": _l("sent"),
            "dead": _l("given up"),
            "unknown": _l("waiting, once more"),
        },
        "delivery.answer": {
            "smtp": _l("the mail server answered %(n)s"),
            "http": _l("the other side answered %(n)s"),
            "errcode": _l("the robot answered %(n)s"),
        },
        "delivery.error": {
            "timeout": _l("no answer in time"),
            "no_encryption": _l("the mail server offers no encryption, so no password was sent"),
            "connection": _l("no connection"),
            "unresolved": _l("the host's name is not known"),
            "host_not_allowed": _l("the host is not in the settings"),
            "private_address": _l("the host lies in a private network that the settings do not allow"),
            "redirected": _l("sent on elsewhere, which is not followed"),
            "no_errcode": _l("an answer that is none of a robot's"),
            "answer_too_long": _l("an answer without end"),
            "bad_address": _l("no usable address"),
            "address_gone": _l("the address is no longer used"),
            "not_composed": _l("could not be composed"),
            "interrupted": _l("the worker ended while sending"),
        },
        "address.fault": {
            "refused": _l("refused by the other side"),
            "unreachable": _l("could not be reached"),
            "bounced": _l("mail came back"),
        },
        "field": {
            "email": _l("e-mail address"),
            "sms": _l("mobile number"),
            "email_code": _l("code"),
            "sms_code": _l("code"),
            "url": _l("address of the robot"),
            "secret": _l("signing secret"),
            "channel": _l("channel"),
            "upto": _l("message up to which all is read"),
            "unread": _l("unread only"),
        },
        "error": {
            "bad_email": _l("This is not an e-mail address; write it like name@example.gov.cn."),
            "bad_mobile": _l("This is not a mobile number; give its eleven digits."),
            "not_set_up": _l(
                "This installation sends nothing to a “%(field)s” yet; ask the administrator to have it set up."
            ),
            "too_many_codes": _l("Too many codes were sent within an hour; wait a while and try again."),
            "no_code": _l("No code is awaited for this address; enter the address first."),
            "code_expired": _l("The code is no longer good; enter the address again and a new one is sent."),
            "wrong_code": _l("The code is wrong; look at the latest message and type its six digits."),
            "deliveries_not_yours": _l("What did not get through is the county office's to see; ask it."),
            "nothing_to_decide": _l("Nothing is to be decided here any more; load the page again."),
            "told_not_yours": _l("Who was told is seen by the county office, the leading group and the inspectorate."),
            "unknown_channel": _l("Choose WeCom or DingTalk."),
            "host_not_allowed": _l(
                "“%(field)s” lies at a host that XIAOHAO_OUTBOUND does not name; have it added, or correct it."
            ),
            "no_such_message": _l("There is no such message in your inbox; take one from the list."),
            "no_such_event": _l("There is no event with this number; look on the audit trail."),
            "no_such_robot": _l("There is no such robot any more; load the page again."),
        },
    }
)


def kind_name(kind: str) -> str:
    """What a kind tells, without a ticket."""
    language = "zh_Hans" if chinese() else "en"
    return headline(kind, language, {"rung": ["各级", "Any rung"], "count": "", "code": ""}).strip()


def delivery_status(status: str, waits: bool) -> str:
    """How a delivery stands."""
    if status == "unknown" and not waits:
        return _("in doubt: it may have arrived")
    return label("delivery.status", status)


def error_name(code: str | None) -> str:
    """Why the other side did not take it."""
    start, _sign, number = (code or "").rpartition("_")
    if number.lstrip("-").isdigit():
        return labels("delivery.answer").get(start, code or "") % {"n": number}
    return label("delivery.error", code)
