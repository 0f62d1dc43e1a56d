"""Devices: what a browser calls itself, in plain words: which browser or app, on which system."""

import re

#: What stands in a User-Agent, and the plain name; the first that fits: apps before the browsers they are built on.
_PROGRAMS = (
    ("wxwork", "WeCom"),
    ("MicroMessenger", "WeChat"),
    ("DingTalk", "DingTalk"),
    ("QQBrowser", "QQ Browser"),
    ("360SE|360EE|QHBrowser", "360 Browser"),
    ("UCBrowser|UCWEB", "UC Browser"),
    ("HuaweiBrowser|ArkWeb", "Huawei Browser"),
    ("MiuiBrowser", "Mi Browser"),
    ("Edg", "Edge"),
    ("Firefox|FxiOS", "Firefox"),
    ("Chrome|CriOS|Chromium", "Chrome"),
    ("Safari", "Safari"),
    ("MSIE|Trident", "Internet Explorer"),
)
_SYSTEMS = (
    ("HarmonyOS|OpenHarmony", "HarmonyOS"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("UOS|Deepin", "UOS"),
    ("Kylin", "Kylin"),
    ("Windows NT 6\\.1", "Windows 7"),
    ("Windows", "Windows"),
    ("Macintosh|Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


def device_of(user_agent: str | None) -> str:
    """The program and the system of a User-Agent, as “Chrome · Windows”; what is not known is left out."""
    found = (
        next((name for mark, name in marks if re.search(mark, user_agent or "")), "") for marks in (_PROGRAMS, _SYSTEMS)
    )
    return " · ".join(filter(None, found))


def kept(user_agent: str | None) -> str:
    """A User-Agent as it is kept: printable ASCII of at most 300 characters."""
    return "".join(sign for sign in (user_agent or "")[:300] if " " <= sign <= "~")
