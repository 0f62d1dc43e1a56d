"""Message wording: one template per kind, in Chinese and English.

A template is a headline; below it come number, village, kind of deficiency and link only: no names.
"""

from collections.abc import Mapping

#: Kind → (Chinese, English).  `{rung}` is the rung's name.
HEADLINES: Mapping[str, tuple[str, str]] = {
    # Instructions of the leading group.
    "accept_instruction": ("批示答复已认可", "The answer to the instruction is accepted"),
    "answer_instruction": ("主送单位已答复批示", "The unit has answered the instruction"),
    "instruct": (
        "领导小组有批示，请按期书面答复",
        "The leading group instructs your unit; please answer in writing in time",
    ),
    "press_instruction": (
        "批示逾期未答复，请尽快书面答复",
        "The instruction is not answered in time; an answer is due at once",
    ),
    "return_instruction": (
        "批示答复被退回，请重新答复",
        "The answer to the instruction is returned; please answer again",
    ),
    "withdraw_instruction": ("批示已撤回", "The instruction is withdrawn"),
    "accept": ("承办单位已受理", "The unit has accepted it"),
    "agree_withdrawal": ("问责案已撤销", "The accountability case is withdrawn"),
    "answer_objection": ("排名申诉已答复", "The objection to a ranking is answered"),
    "answer_paper": ("主送单位已答复{rung}通知书", "{rung}: the unit has answered the paper"),
    "appeal": ("被问责单位提出申诉", "The unit appeals against the decision"),
    "appointed": ("有一项岗位任职登记", "A post is entered"),
    "ask_revocation": (
        "有人申请撤销{rung}通知书，待另一人决定",
        "{rung}: revocation of the paper requested; a second person decides",
    ),
    "ask_time": ("有延期或暂停计时申请待答复", "A request for time awaits your answer"),
    "assist": ("请贵单位协办", "Your unit is invited to assist"),
    "authorise": ("有一项授权登记在案", "An authorisation is put on record"),
    "calendar": ("工作日历有调整，办理期限随之变动", "Working days have changed and deadlines with them"),
    "cancel": ("工单已作废", "The ticket is cancelled"),
    "close": ("问责案已结案", "The accountability case is closed"),
    "comment": ("有新的留言", "There is a new comment"),
    "confirm": ("核验通过，已销号", "Confirmed on site and closed"),
    "decide": ("问责决定已作出，待送达", "The case is decided; the decision is to be served"),
    "decline": ("承办单位退单，待指定", "Declined by the unit; a ruling is needed"),
    "deem_accepted": ("逾期未受理，视同受理", "Not accepted in time; it counts as accepted"),
    "deem_received": (
        "{rung}通知书逾期未签收，视为签收",
        "{rung}: receipt not confirmed in time; the paper counts as received",
    ),
    "disprove": ("抽查发现虚假办结，工单重新办理", "A spot check found a false closing; the ticket is reopened"),
    "draw": ("本月抽查工单已抽取，请入户核实", "Spot checks have been drawn; please check on site"),
    "draw_households": (
        "入户抽查对象已抽取，请按期入户核实",
        "Households have been drawn for random checks; please check on site",
    ),
    "end_authorisation": ("有一项授权已终止", "An authorisation has ended"),
    "endorse": ("镇已核实，工单待受理", "The town has verified it; it awaits acceptance"),
    "escalate": ("预警升级：{rung}", "Escalated: {rung}"),
    "extend": ("已批准延期", "A later deadline is granted"),
    "extend_again": ("已批准再次延期", "A second later deadline is granted"),
    "family": ("有人口或整户从其他村迁入，请入户核对", "People or a household came from another village; please look"),
    "file": ("有新工单待办理", "A new ticket is waiting"),
    "follow": (
        "该户已迁至其他村镇或并入其他户，工单随户转移",
        "The household moved or was merged; the ticket went with it",
    ),
    "head_sent": ("历史记录封存校验值，请妥存备查", "Head of the sealed history; keep it for comparison"),
    "handler": ("您被指定为经办人", "You are its handler"),
    "hand_over": ("机构改革，工单已移交继任单位", "A reform: the ticket is with the successor"),
    "hear": ("问责案已听取核实", "The unit has been heard in the case"),
    "in_force": ("考核方案已生效", "A scheme is in force"),
    "issue_report": ("排名汇报材料已汇总报送，请签收", "The reports on a ranking are compiled; please receive them"),
    "issue_rung": ("{rung}文书已下达", "{rung}: the paper is issued"),
    "keep_paper": ("{rung}通知书不予撤销", "{rung}: the paper is not revoked"),
    "lapse_statement": ("逾期未提交陈述申辩，问责案继续办理", "No statement came in time; the case goes on"),
    "look_again": (
        "该户人口有变动，请核对短板是否仍在",
        "The people of the household changed; check whether the gap remains",
    ),
    "migration": (
        "在办工单已转入现行方案，办理期限随之变动",
        "Open tickets were migrated to the scheme in force; their deadlines changed",
    ),
    "notify": (
        "问责告知书已发出，请按期陈述申辩",
        "Your unit is notified of a case; please give your statement in time",
    ),
    "object_ranking": ("有镇对排名提出申诉，待答复", "A town objects to a ranking; it awaits an answer"),
    "open": ("问责案已立案", "An accountability case is opened"),
    "papers_waiting": ("有{count}份文书待签发或不予签发", "{count} papers wait to be issued or declined"),
    "first_sign_in_made": (
        "已为一个有密码的账号制作首次登录条",
        "A first sign-in slip was made for an account with a password",
    ),
    "first_sign_in_used": ("一个账号已用首次登录条设置密码", "An account's password was set with a first sign-in slip"),
    "factor_enrolled": ("一个账号已启用动态口令", "A second factor was set up for an account"),
    "sign_on_link_made": (
        "已为一个账号制作统一登录绑定链接",
        "A link for binding an account to another sign-in was made",
    ),
    "sign_on_bound": ("一个账号已绑定其他登录方式", "An account was bound to another sign-in"),
    "sign_on_ended": ("一个账号的其他登录方式已解除绑定", "The binding of an account to another sign-in was ended"),
    "passkey_added": ("一个账号已添加通行密钥", "A passkey was added to an account"),
    "passkey_removed": ("一个账号的通行密钥已移除", "A passkey of an account was removed"),
    "factor_removed": ("一个账号的二次验证已移除", "The second factor of an account was removed"),
    "recovery_code_used": ("一个账号已用恢复码登录", "A recovery code of an account was used"),
    "recovery_codes_made": ("一个账号已更换恢复码", "Recovery codes of an account were made"),
    "ask_erasure": ("有农户的个人信息申请删除，待督查核准", "The erasure of a household awaits the inspectorate"),
    "reset_asked": ("申请重置一个重要岗位账号，待督查核准", "The reset of a watched account awaits the inspectorate"),
    "reset_agreed": ("重置一个重要岗位账号已经督查核准", "The inspectorate agreed to the reset of a watched account"),
    "reset_refused": ("重置一个重要岗位账号未获督查核准", "The inspectorate refused the reset of a watched account"),
    "reset_in_emergency": (
        "一个重要岗位账号未经核准紧急重置",
        "A watched account was reset in an emergency, without agreement",
    ),
    "password_set": ("一个重要岗位账号重设了密码", "The password of a watched account was set"),
    "propose_case": ("提请立案问责，待决定是否立案", "A case is proposed; decide whether to open it"),
    "random_failed": ("入户抽查不属实，已登记短板", "A random check failed; what is missing is on record"),
    "rank": (
        "各镇排名已公布，请相关单位拟稿并签发书面汇报",
        "The towns are ranked; the units that rank them draft, sign and hand in their reports",
    ),
    "reassign": ("已另行指定承办单位", "It is assigned to another unit"),
    "recheck_given": ("短板已销号，请入户复查", "The tickets are closed; please check the household again"),
    "receive_report": ("排名书面汇报已签收", "The written report on a ranking is received"),
    "reclassify": ("承办单位申请变更类别，待指定", "Another kind is proposed; a ruling is needed"),
    "record": ("上级问责决定已登记", "The decision from above is recorded"),
    "record_talk": ("{rung}记录已登记", "{rung}: the record of the talk is in"),
    "plan_reform": ("机构或区划将有变动", "Units or villages will be reformed"),
    "post_cancelled": ("一项岗位任职登记已作废", "The entry of a post is cancelled"),
    "post_ended": ("有一项岗位任职结束", "A post has ended"),
    "post_reinstated": ("有一项岗位任职恢复", "A post is held again"),
    "reform": ("机构或区划有变动", "Units or villages have been reformed"),
    "reform_refused": ("登记的机构或区划变动未能生效", "A reform could not be applied on its day"),
    "withdraw_reform": ("登记的机构或区划变动已撤回", "A reform to come was withdrawn"),
    "user_moved": ("账号已随机构变动转入继任单位", "An account was moved by a reform"),
    "refer": ("问责案已报请上级决定", "The case is referred to the level above"),
    "refuse": ("所报农户经认定不予纳入", "The family reported is not registered"),
    "refuse_time": ("延期或暂停计时申请未获批准", "The request for time is not granted"),
    "register": ("所报农户已认定建档", "The family reported is registered"),
    "remind_figures": (
        "排名数据尚未报齐，请按时填报",
        "Figures for the ranking are missing; please report them in time",
    ),
    "remind_reports": (
        "排名书面汇报尚未报送，请尽快签发",
        "The written report on the ranking is missing; please sign it",
    ),
    "reject": ("核验不通过，退回整改", "Not confirmed; returned for resolution"),
    "relapse": ("核查发现问题反弹，重新办理", "Not met again; the ticket is reopened"),
    "reopen": ("工单重新办理", "The ticket is reopened"),
    "resolve": ("已办结，待核验", "Reported as resolved; awaiting confirmation"),
    "respond": ("被问责单位已提交陈述申辩", "The unit has given its statement"),
    "resubmit": ("已补充，待办理", "Completed; it is waiting"),
    "resume": ("恢复计时", "The clock runs again"),
    "return_paper": ("{rung}通知书的答复被退回，请重报", "{rung}: the answer is returned; please answer again"),
    "review_report": ("书面汇报已核稿，待签发", "The report on a ranking is reviewed; it awaits signature"),
    "revoke_paper": ("{rung}通知书已撤销", "{rung}: the paper is revoked"),
    "roll_reports": ("排名书面汇报逾期未报", "Written reports on a ranking are overdue"),
    "seek_withdrawal": ("有人提请撤销问责案，待同意", "Withdrawal of the case requested; awaiting agreement"),
    "send_back": ("退回补充", "It is sent back for completion"),
    "serve": ("问责决定书已送达", "The decision of the case is served"),
    "sign_paper": ("主送单位已签收{rung}通知书", "{rung}: the unit has confirmed receipt of the paper"),
    "sign_ranking": ("书面汇报已拟稿，待签发", "The report on a ranking is drafted; it awaits signature"),
    "spot_false": ("抽查发现虚假办结", "A spot check found a false closing"),
    "give_checks": ("部门比对名单中有农户待核查", "A bureau's list names households to be checked"),
    "ask_lines": ("部门比对名单中有条目待确认", "Lines of a bureau's list are to be clarified"),
    "late_checks": ("部门比对名单中的农户逾期未核查", "Households of a bureau's list were not checked in time"),
    "late_lines": ("部门比对名单中的条目逾期未确认", "Lines of a bureau's list were not clarified in time"),
    "suspend": ("已暂停计时", "The clock is stopped"),
    "token_issued": ("一个重要岗位账号签发了访问令牌", "A token was issued to a watched account"),
    "tokens_revoked": ("一个重要岗位账号的访问令牌已收回", "The tokens of a watched account were revoked"),
    "uphold": ("维持原承办单位", "The unit keeps it, by the ruling"),
    "verify_paper": ("{rung}通知书已核实落实", "{rung}: the paper is found carried out"),
    "verification_failed": (
        "历史记录核验因故中断，请查明原因",
        "Verification of the history could not be made; find out why",
    ),
    "verified": (
        "历史记录核验发现{count}处不符，请立即查看",
        "Verification of the history found {count} differences; look at them now",
    ),
    "view_entered": ("您关注的视图有{count}件新工单", "{count} tickets entered a view you follow"),
    "user_transferred": ("一个账号已调到其他单位或村", "An account was moved to another unit or village"),
    "took_over": ("{account}离任或调动，由您接手其经办事项", "{account} has left or moved; you take over the work"),
    "user_closed": ("一个重要岗位账号已停用", "A watched account was disabled"),
    "user_created": ("新增一个重要岗位账号", "A watched account was added"),
    "user_opened": ("一个重要岗位账号重新启用", "A watched account was enabled again"),
    "withdraw": ("工单已撤回", "The ticket is withdrawn"),
    # Messages that belong to no event.
    "bundle": ("{count}条消息", "{count} messages"),
    "digest": ("今日待办", "Today's work"),
    "verify": ("地址核验码：{code}", "Code {code} for your address"),
}
_UNNAMED = ("有新消息", "New message")
#: Labels and closing words, by name → (Chinese, English).
LABELS: Mapping[str, tuple[str, str]] = {
    "number": ("工单号", "Ticket"),
    "village": ("村", "Village"),
    "subject_unit": ("涉及单位", "Unit concerned"),
    "what": ("类别", "Kind"),
    "about": ("事项", "About"),
    "link": ("查看", "Open"),
    "product": ("销号", "Xiaohao"),
    "proposed": ("拟{rung}，待人工决定", "{rung} proposed, awaiting a decision"),
    "recorded": ("到{rung}时限，记录在案，不发文", "{rung} reached, on record; no paper is issued"),
    "instead": ("本应通知的岗位无人在岗，转告您。", "The post this was addressed to is vacant, so it was sent to you."),
    "choose": ("调整接收方式", "Notification settings"),
    "automatic": ("系统自动发送，请勿回复。", "Sent by the system; please do not reply."),
    "verify": (
        "请在半小时内于“接收方式”页面填写此码。非您本人操作请忽略。",
        "Enter this code on the page “Notification settings” within half an hour. If you did not request it, ignore it.",
    ),
    "late": ("已逾期", "Late"),
    "instruction": ("答复领导小组批示", "Answer an instruction of the leading group"),
    "today": ("今日到期", "Due today"),
    "soon": ("三个工作日内到期", "Due within three working days"),
    "news": ("新消息", "New messages"),
    "trouble": ("未送达的消息", "Undelivered messages"),
    "decide": ("查看并处理", "Review and decide"),
    "seats": ("岗位空缺，转告上一级", "Vacant posts; the level above is notified"),
    "duty": ("值班员", "duty officer"),
    "leader": ("主要领导", "leader"),
    "more": ("另有{count}项", "{count} more"),
    "due": ("期限", "due"),
    "provisional": ("（暂定）", " (provisional)"),
    "spot_check": ("抽查核实", "Spot check"),
    "random_check": ("入户抽查", "Random check of a household"),
    "figure_checks": ("数据抽查核实{count}项", "Checks of figures: {count}"),
    "to_sign": ("{rung}通知书待签收", "{rung}: confirm receipt of the paper"),
    "to_answer": ("{rung}通知书待答复", "{rung}: a paper to answer"),
    "to_keep": ("{rung}通知书承诺事项到期", "{rung}: a commitment falls due"),
    "to_meet": ("{rung}：请按时到会", "{rung}: please attend"),
    "request": ("延期或暂停计时申请待答复", "A request for time to answer"),
    "statement": ("问责案待陈述申辩", "A statement in an accountability case"),
    "report": ("各镇排名书面汇报", "Written report on the ranking"),
    "list_checks": ("部门比对名单待核查农户：{count}户", "Households of bureaus' lists to be checked: {count}"),
    "list_lines": ("部门比对名单待确认条目：{count}条", "Lines of bureaus' lists to be clarified: {count}"),
    "quota_days": ("危改任务户资金到户、竣工日期待确认：{count}项", "Days of quota houses to be confirmed: {count}"),
    "reports_due": ("书面汇报截止", "Reports due"),
    "nothing": ("今日无待办。", "Nothing is due today."),
}


def chosen(pair: tuple[str, str] | list[str], language: str) -> str:
    """The text of (Chinese, English) for the language."""
    return pair[0] if language.startswith("zh") else pair[1]


def moment_said(written: str, language: str) -> str:
    """A due moment as a message has it (11-20 17:30), as its readers write it: in Chinese 11月20日 17:30."""
    month, _, rest = written.partition("-")
    number, _, hour = rest.partition(" ")
    return f"{int(month)}月{int(number)}日 {hour}" if language.startswith("zh") else written


def label(name: str, language: str, **given: object) -> str:
    """A label or closing word."""
    return chosen(LABELS[name], language).format(**given)


def headline(kind: str, language: str, params: Mapping[str, object]) -> str:
    """What happened, in a few words."""
    rung = params.get("rung")
    name = chosen(rung, language) if isinstance(rung, list) else ""
    if params.get("recorded"):
        return label("recorded", language, rung=name)
    if params.get("proposed"):
        return label("proposed", language, rung=name)
    given = {"rung": name, **{key: params.get(key, "") for key in ("count", "code", "account")}}
    # A kind without a template is still sent; a test finds it.
    return chosen(HEADLINES.get(kind, _UNNAMED), language).format(**given)
