"""Letters: compose a mail in text and HTML, a bot's lines or a text message from frozen params."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from html import escape
from typing import Any
from urllib.parse import urlsplit

from notifications.message_texts import chosen, headline, label, moment_said

Params = Mapping[str, Any]
_CSS = "font:16px/1.5 'Microsoft YaHei','PingFang SC',Arial,sans-serif;color:#1b1b1b"

_LABEL = "padding:2px 12px 2px 0;color:#595959;white-space:nowrap;vertical-align:top"
_VALUE = "overflow-wrap:anywhere"


@dataclass(frozen=True, slots=True)
class Sender:
    """The sender: the site's address for links, and the mail's From."""

    site: str
    sender: str

    @property
    def host(self) -> str:
        return urlsplit(self.site).hostname or "localhost"

    def link(self, path: str) -> str:
        return self.site.rstrip("/") + path


@dataclass(frozen=True, slots=True)
class Letter:
    """One delivery with its decrypted address, ready to be composed for its channel."""

    id: int
    key: str
    to: str
    secret: str
    kind: str
    params: Params
    language: str
    created_at: datetime
    #: The members of its bundle: (kind, params) of each, its own first.
    items: Sequence[tuple[str, Params]] = field(default_factory=tuple)

    @property
    def stable(self) -> str:
        """An opaque id that stays the same for every try."""
        return hashlib.sha256(self.key.encode()).hexdigest()[:32]


def one_line(text: str) -> str:
    """Text without line breaks and control characters, safe for a header line."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def title(kind: str, params: Params, language: str) -> str:
    """The subject line: ticket number, headline, kind and village or unit."""
    parts = [headline(kind, language, params)]
    parts += [chosen(params[name], language) for name in ("what", "village", "subject_unit") if params.get(name)]
    number = f"[{params['number']}] " if params.get("number") else ""
    return one_line(number + " · ".join(parts))


def mail(letter: Letter, house: Sender) -> EmailMessage:
    """The letter as a mail.  Raises ValueError for an address that is none."""
    made, language = EmailMessage(policy=SMTP), letter.language
    bundled = len(letter.items) > 1
    made["Subject"] = (
        one_line(headline("bundle", language, {"count": len(letter.items)}))
        if bundled
        else title(letter.kind, letter.params, language)
    )
    made["From"], made["To"] = house.sender, letter.to
    made["Date"] = format_datetime(letter.created_at)
    made["Message-ID"] = f"<{letter.stable}@{house.host}>"
    if letter.params.get("number") and not bundled:
        # All mails of a ticket share one thread, whichever came first.
        root = f"<ticket.{letter.params['number']}@{house.host}>"
        made["In-Reply-To"], made["References"] = root, root
    made["Auto-Submitted"] = "auto-generated"
    made["Content-Language"] = "zh-Hans" if language.startswith("zh") else "en"
    made.set_content(text(letter, house) + "\n\n" + _closing(language, house) + "\n", cte="base64")
    made.add_alternative(_html(letter, house), subtype="html", cte="base64")
    return made


def text(letter: Letter, house: Sender, most: int = 40) -> str:
    """The letter as plain lines."""
    if letter.kind == "digest":
        return "\n".join(_digest(letter.params, letter.language, house))
    if len(letter.items) > 1:
        lines = [headline("bundle", letter.language, {"count": len(letter.items)})]
        for kind, params in letter.items[:most]:
            lines.append(f"· {title(kind, params, letter.language)} {house.link(params['path'])}")
        if len(letter.items) > most:
            lines.append(label("more", letter.language, count=len(letter.items) - most) + f" {house.link('/inbox')}")
        return "\n".join(lines)
    lines = [headline(letter.kind, letter.language, letter.params)]
    lines += [f"{name}{_colon(letter.language)}{value}" for name, value in _rows(letter, house)]
    return "\n".join([*lines, *_remarks(letter)])


def short(letter: Letter, house: Sender) -> str:
    """The letter as one text message."""
    if len(letter.items) > 1:
        return one_line(headline("bundle", letter.language, {"count": len(letter.items)})) + f" {house.link('/inbox')}"
    sign = label("product", letter.language)
    said = f"【{sign}】" if letter.language.startswith("zh") else f"[{sign}] "
    link = "" if letter.kind == "verify" else f" {house.link(str(letter.params.get('path', '/inbox')))}"
    return said + title(letter.kind, letter.params, letter.language) + link


def _rows(letter: Letter, house: Sender) -> list[tuple[str, str]]:
    language, params = letter.language, letter.params
    called = {"what": "what" if params.get("number") else "about"}
    rows = [
        (
            label(called.get(name, name), language),
            one_line(chosen(params[name], language) if name != "number" else params[name]),
        )
        for name in ("number", "what", "village", "subject_unit")
        if params.get(name)
    ]
    rows += [(label("reports_due", language), moment_said(str(params["due"]), language))] if params.get("due") else []
    return rows + ([(label("link", language), house.link(params["path"]))] if params.get("path") else [])


def _remarks(letter: Letter) -> list[str]:
    said = [label("instead", letter.language)] if letter.params.get("instead_of") else []
    return said + ([label("verify", letter.language)] if letter.kind == "verify" else [])


def _colon(language: str) -> str:
    return "：" if language.startswith("zh") else ": "


def _closing(language: str, house: Sender) -> str:
    return (
        f"-- \n{label('product', language)} · {label('automatic', language)}\n"
        f"{label('choose', language)}{_colon(language)}{house.link('/preferences')}"
    )


def _sections(params: Params) -> list[tuple[str, list[Params], int]]:
    """The non-empty sections of a digest: (name, entries shown, how many there are)."""
    return [
        (name, params[name]["shown"], params[name]["count"])
        for name in ("late", "today", "soon", "news", "trouble", "seats")
        if params.get(name)
    ]


def _entry_text(entry: Params, language: str) -> str:
    if "seat" in entry:
        return one_line(f"{chosen(entry['unit'], language)} · {label(entry['seat'], language)}")
    if "said" in entry:
        return label(entry["said"], language)
    if "kind" in entry:
        due = f" · {label('reports_due', language)} {moment_said(entry['due'], language)}" if entry.get("due") else ""
        return title(entry["kind"], entry, language) + due + (f" ×{entry['times']}" if "times" in entry else "")
    parts = [chosen(entry[name], language) for name in ("what", "village", "subject_unit") if entry.get(name)]
    due = f" · {label('due', language)} {moment_said(entry['due'], language)}" if entry.get("due") else ""
    due += label("provisional", language) if entry.get("provisional") else ""
    number = f"[{entry['number']}] " if entry.get("number") else ""
    return one_line(f"{number}{' · '.join(parts)}{due}")


def _digest(params: Params, language: str, house: Sender) -> list[str]:
    lines = [headline("digest", language, params) + f" {params['day']}"]
    for name, shown, count in _sections(params):
        lines += ["", f"{label(name, language)} ({count})"]
        for entry in shown:
            link = f" {house.link(entry['path'])}" if entry.get("path") else ""
            lines.append(f"· {_entry_text(entry, language)}{link}")
        if count > len(shown):
            lines.append(label("more", language, count=count - len(shown)))
    return lines if len(lines) > 1 else [*lines, label("nothing", language)]


def _html(letter: Letter, house: Sender) -> str:
    language = letter.language
    if letter.kind == "digest":
        body = _digest_html(letter.params, language, house)
    elif len(letter.items) > 1:
        entries = "".join(
            f'<li><a href="{escape(house.link(params["path"]))}">{escape(title(kind, params, language))}</a></li>'
            for kind, params in letter.items[:40]
        )
        more = len(letter.items) - 40
        rest = f"<p>{escape(label('more', language, count=more))}</p>" if more > 0 else ""
        said = headline("bundle", language, {"count": len(letter.items)})
        body = f"<h1 style='font-size:20px'>{escape(said)}</h1><ul>{entries}</ul>{rest}"
    else:
        rows = "".join(
            f"<tr><td style='{_LABEL}'>{escape(name)}</td><td style='{_VALUE}'>{_linked(value, house)}</td></tr>"
            for name, value in _rows(letter, house)
        )
        remarks = "".join(f"<p>{escape(said)}</p>" for said in _remarks(letter))
        body = (
            f"<h1 style='font-size:20px'>{escape(headline(letter.kind, language, letter.params))}</h1>"
            f"<table role='presentation'>{rows}</table>{remarks}"
        )
    return (
        f'<!doctype html><html lang="{"zh-Hans" if language.startswith("zh") else "en"}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{escape(label("product", language))}</title></head>'
        f'<body style="{_CSS};max-width:640px;margin:0 auto;padding:16px">{body}'
        f"<hr style='border:0;border-top:1px solid #d0d0d0'><p style='color:#595959;font-size:14px'>"
        f"{escape(label('product', language))} · {escape(label('automatic', language))} "
        f'<a href="{escape(house.link("/preferences"))}">{escape(label("choose", language))}</a></p></body></html>'
    )


def _digest_html(params: Params, language: str, house: Sender) -> str:
    parts = [f"<h1 style='font-size:20px'>{escape(headline('digest', language, params))} {escape(params['day'])}</h1>"]
    for name, shown, count in _sections(params):
        colour = "#a4262c" if name in ("late", "trouble") else "#1b1b1b"
        parts.append(f"<h2 style='font-size:17px;color:{colour}'>{escape(label(name, language))} ({count})</h2><ul>")
        for entry in shown:
            said = escape(_entry_text(entry, language))
            parts.append(
                f'<li><a href="{escape(house.link(entry["path"]))}">{said}</a></li>'
                if entry.get("path")
                else f"<li>{said}</li>"
            )
        parts.append("</ul>")
        if count > len(shown):
            parts.append(f"<p>{escape(label('more', language, count=count - len(shown)))}</p>")
    return "".join(parts) if len(parts) > 1 else parts[0] + f"<p>{escape(label('nothing', language))}</p>"


def _linked(value: str, house: Sender) -> str:
    """The value, as a link if it is an address of this site; a village name never is."""
    said = escape(value)
    return f'<a href="{said}">{said}</a>' if value.startswith(house.link("/")) else said
