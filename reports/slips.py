"""Slips for first sign-ins and resets: a person's sign-in name and one-time code, ten to a sheet of A4 with lines to cut along."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from models import User
from reports.chinese import full_name
from reports.pdf_rendering import render_pdf
from workflow.county.context import CountyContext
from workflow.county.sign_ins.first_sign_ins import Slip
from workflow.policy.worktime import SHANGHAI


def slips_pdf(
    setting: CountyContext, slips: Sequence[Slip], villages: Mapping[int, str], site: str, made_at: datetime
) -> bytes:
    """The PDF of these slips, in Chinese; `villages` are names by id, `site` the address of the pages.

    The codes are in it in the clear, and nowhere else: whoever prints it hands it out and keeps no copy.
    """
    county = setting.scheme.county.name.zh
    figures = {
        "title": f"{county}{'密码重置条' if all(slip.reset for slip in slips) else '首次登录条'}",
        "slips": [_slip(setting, slip, villages, site) for slip in slips],
    }
    return render_pdf("slips", figures, made_at)


def _slip(setting: CountyContext, slip: Slip, villages: Mapping[int, str], site: str) -> dict[str, Any]:
    user = slip.user
    until = slip.until.astimezone(SHANGHAI)
    return {
        "title": f"{user.display_name}　{'密码重置条' if slip.reset else '首次登录条'}",
        "place": workplace(setting, user, villages),
        "facts": [["用户名", user.name], ["网址", f"{site.rstrip('/')}/first-sign-in"]],
        "code": slip.code,
        "how": f"打开网址，输入上面的一次性登录码，设置本人密码。有效至{until.year}年{until.month}月{until.day}日"
        f"{until:%H:%M}，只能使用一次。请勿转交他人；他人已使用的，请立即告知系统管理员。",
    }


def workplace(setting: CountyContext, user: User, villages: Mapping[int, str]) -> str:
    """Where an account's owner works, under the county's name: the unit's full name, or town and village.

    A bureau's short name begins with 县: behind the county's the word would stand twice.
    """
    county = setting.scheme.county.name.zh
    if user.unit_id is None:
        return county
    unit = setting.unit(user.unit_id)
    return county + unit.name + villages[user.village_id] if user.village_id is not None else full_name(setting, unit)
