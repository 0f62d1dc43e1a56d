"""Channel set-up: the outgoing channels that an installation's settings configure."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from models.delivery import ROBOTS
from notifications.channels import Channel
from notifications.group_bots import GroupRobot, SmsGateway
from notifications.letters import Sender
from notifications.outbound import Outbound
from notifications.smtp import Smtp
from notifications.syslog import Syslog


class ChannelSettings(Protocol):
    """The settings of channels: addresses of the servers, empty where there is none."""

    @property
    def site_url(self) -> str: ...
    @property
    def sender(self) -> str: ...
    @property
    def smtp_url(self) -> str: ...
    @property
    def syslog_url(self) -> str: ...
    @property
    def syslog_format(self) -> str: ...
    @property
    def sms_url(self) -> str: ...
    @property
    def sms_secret(self) -> str: ...


def configured(
    config: ChannelSettings, origins: Sequence[str], private: Sequence[str], clock: Callable[[], datetime]
) -> list[Channel]:
    """The configured channels; `origins` are those that webhooks may go to, `private` the networks they may reach."""
    house = Sender(config.site_url, config.sender)
    made: list[Channel] = [Smtp(config.smtp_url, house)] if config.smtp_url else []

    def outbound() -> Outbound:
        return Outbound(origins, private)

    if origins:
        made += [GroupRobot(name, outbound(), house, clock) for name in ROBOTS]
    if config.syslog_url:
        made.append(Syslog(config.syslog_url, house.host, config.syslog_format))
    if config.sms_url:
        made.append(SmsGateway(config.sms_url, config.sms_secret, outbound(), house, clock))
    return made
