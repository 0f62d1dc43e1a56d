"""E-mail over SMTP: one connection per run, each answer of the server classified as permanent or temporary."""

import smtplib
import ssl
from urllib.parse import unquote, urlsplit

from notifications.channels import Refused
from notifications.letters import Letter, Sender, mail

#: Names of the machine itself, to which nothing crosses a network.
THIS_MACHINE = ("localhost", "127.0.0.1", "::1")


class Smtp:
    """The channel `email`; `url` is smtp://user:password@host:port (STARTTLS) or smtps://…

    A letter leaves this machine encrypted, or the county has said that it need not: smtp+plain://host:port.
    """

    name = "email"

    def __init__(self, url: str, house: Sender, timeout: float = 15) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("smtp", "smtps", "smtp+plain") or not parts.hostname:
            raise ValueError("a mail server is given as smtp://host:port, smtps://host:port or smtp+plain://host:port")
        self._host, self._safe = parts.hostname, parts.scheme == "smtps"
        self._plain = parts.scheme == "smtp+plain" or parts.hostname in THIS_MACHINE
        self._port = parts.port or (465 if self._safe else 587)
        self._user, self._password = unquote(parts.username or ""), unquote(parts.password or "")
        self._house, self._timeout = house, timeout
        self._open: smtplib.SMTP | None = None

    def send(self, letter: Letter) -> None:
        try:
            made = mail(letter, self._house)
        except ValueError as error:
            raise Refused("bad_address", permanent=True, target=True) from error
        try:
            if self._open is None:
                self._open = self._connect()
            self._hand_over(self._open, made.as_bytes(), letter.to)
        except Refused:
            self.close()
            raise
        except smtplib.SMTPAuthenticationError as error:
            # The settings may be corrected; the letters are not at fault.
            self.close()
            raise Refused(f"smtp_{error.smtp_code}") from error
        except smtplib.SMTPResponseException as error:
            if error.smtp_code < 500:
                self.close()
            raise Refused(f"smtp_{error.smtp_code}", permanent=error.smtp_code >= 500) from error
        except (smtplib.SMTPException, OSError) as error:
            self.close()
            raise Refused(_broken_off(error)) from error

    def _hand_over(self, server: smtplib.SMTP, made: bytes, to: str) -> None:
        """Sends the envelope, then the mail; only after the mail is sent can it have arrived without an answer."""
        code, _ = server.mail(self._house.sender)
        if code == 250:
            code, _ = server.rcpt(to)
            if code not in (250, 251):
                raise Refused(f"smtp_{code}", permanent=code >= 500, target=code >= 500)
            try:
                code, _ = server.data(made)
            except smtplib.SMTPDataError as error:
                code = error.smtp_code
            except (smtplib.SMTPServerDisconnected, OSError) as error:
                raise Refused(_broken_off(error), doubtful=True) from error
        if code != 250:
            raise Refused(f"smtp_{code}", permanent=code >= 500)

    def _connect(self) -> smtplib.SMTP:
        # The name in the greeting is ours; looking the machine's up may take a name server's time-out.
        name, context = self._house.host, ssl.create_default_context()
        made: smtplib.SMTP = (
            smtplib.SMTP_SSL(self._host, self._port, name, timeout=self._timeout, context=context)
            if self._safe
            else smtplib.SMTP(self._host, self._port, name, timeout=self._timeout)
        )
        try:
            made.ehlo()
            safe = self._safe or made.has_extn("starttls")
            if safe and not self._safe:
                made.starttls(context=context)
                made.ehlo()
            if not safe and (self._user or not self._plain):
                # Somebody on the way may have removed the server's offer, to read letters or learn the password.
                raise Refused("no_encryption")
            if self._user:
                made.login(self._user, self._password)
        except BaseException:
            made.close()
            raise
        return made

    def close(self) -> None:
        connection, self._open = self._open, None
        if connection is not None:
            connection.close()


def _broken_off(error: Exception) -> str:
    """The code of a connection that broke off; what smtplib raises for no answer in time names it as its context only."""
    late = isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError)
    return "timeout" if late else "connection"
