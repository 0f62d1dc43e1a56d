"""Notifications: labels of channels and deliveries, why one failed, and the sentences of their errors."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from models import Event
from notifications.message_texts import headline
from web.words.events import event_name
from web.words.labels import add, label, labels
from web.words.language import chinese
from workflow.county.context import CountyContext

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
            "syslog": _l("Log server"),
        },
        "delivery.status": {
            "pending": _l("waiting"),
            "sending": _l("being sent"),
            "sent": _l("sent"),
            "dead": _l("failed"),
            "unknown": _l("waiting for another attempt"),
        },
        "delivery.answer": {
            "smtp": _l("the mail server responded with %(n)s"),
            "http": _l("the other side responded with %(n)s"),
            "errcode": _l("the bot responded with %(n)s"),
        },
        "delivery.error": {
            "timeout": _l("no response in time"),
            "no_encryption": _l("the mail server does not support encryption, so nothing was sent"),
            "connection": _l("no connection"),
            "unresolved": _l("unknown host name"),
            "host_not_allowed": _l("the host is not in the settings"),
            "private_address": _l("the host is in a private network that the settings do not allow"),
            "redirected": _l("redirected, which is not followed"),
            "no_errcode": _l("unexpected response from the bot"),
            "answer_too_long": _l("response too long"),
            "bad_address": _l("no usable address"),
            "address_gone": _l("the address is no longer used"),
            "not_composed": _l("could not be composed"),
            "interrupted": _l("the worker stopped while sending"),
        },
        "address.fault": {
            "refused": _l("rejected by the other side"),
            "unreachable": _l("could not be reached"),
            "bounced": _l("mail was returned"),
        },
        "field": {
            "email": _l("e-mail address"),
            "sms": _l("mobile number"),
            "email_code": _l("code"),
            "sms_code": _l("code"),
            "url": _l("address of the group bot"),
            "secret": _l("signing secret"),
            "channel": _l("channel"),
            "upto": _l("last message read"),
            "unread": _l("unread only"),
        },
        "error": {
            "bad_email": _l("This is not an e-mail address. Use the form name@example.gov.cn."),
            "bad_mobile": _l("This is not a mobile number. Enter its eleven digits."),
            "not_set_up": _l("Messages to a “%(field)s” are not set up yet. Ask the administrator to set them up."),
            "too_many_codes": _l("Too many codes were sent within an hour. Try again later."),
            "no_code": _l("No code is pending for this address. Enter the address first."),
            "code_expired": _l("The code has expired. Enter the address again to receive a new code."),
            "wrong_code": _l("The code is wrong. Enter the six digits of the latest message."),
            "deliveries_not_yours": _l("Undelivered messages are visible to the county office. Contact the office."),
            "nothing_to_decide": _l("There is no pending decision here any more. %(again)s"),
            "told_not_yours": _l(
                "Recipients are visible to the county office, the leading group and the inspectorate."
            ),
            "unknown_channel": _l("Choose WeCom or DingTalk."),
            "host_not_allowed": _l(
                "“%(field)s” is on a host that XIAOHAO_OUTBOUND does not list. Have it added, or correct the address."
            ),
            "no_such_message": _l("There is no such message in your inbox. Choose one from the list."),
            "no_such_event": _l("There is no event with this number. Look in the audit trail."),
            "no_such_robot": _l("There is no such group bot any more. %(again)s"),
        },
    }
)


def kind_name(kind: str) -> str:
    """The name of a kind of notification, without a ticket."""
    language = "zh_Hans" if chinese() else "en"
    return headline(kind, language, {"rung": ["各级", "Any rung"], "count": "", "code": ""}).strip()


def untold_name(event: Event, setting: CountyContext) -> str:
    """The name of an event whose messages could not be made, perhaps because it lacks what a fuller name is made of."""
    try:
        return event_name(event, setting)
    except (KeyError, IndexError, TypeError):
        return label("event", event.action)


def delivery_status(status: str, waits: bool) -> str:
    """The status of a delivery."""
    if status == "unknown" and not waits:
        return _("in doubt: it may have arrived")
    return label("delivery.status", status)


def error_name(code: str | None) -> str:
    """The reason why a delivery was refused."""
    start, _sign, number = (code or "").rpartition("_")
    if number.lstrip("-").isdigit():
        return labels("delivery.answer").get(start, code or "") % {"n": number}
    return label("delivery.error", code)
