"""Findings of a scheme check: what is wrong where, and the remedy as a sentence in Chinese and English, by code."""

from dataclasses import dataclass, field
from datetime import date

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """One violated rule: its place (keys and indexes), a code, and the values its sentence mentions."""

    path: Path
    code: str
    params: dict[str, str] = field(default_factory=dict)


def real(month_day: str) -> bool:
    """Whether a month and day exist in every year."""
    month, day = month_day.split("-")
    try:
        # 2017 has no 29 February: a date of every assessment year must exist in every year.
        date(2017, int(month), int(day))
    except ValueError:
        return False
    return True


SENTENCES: dict[str, tuple[str, str]] = {
    "invalid": ("内容有误（{detail}），请更正", "this is not valid ({detail}); correct it"),
    "syntax": ("不是有效的YAML（{detail}），请检查缩进和标点", "not valid YAML ({detail}); check indents and signs"),
    "alias": ("引用（*）展开后内容过多，请写出全文", "aliases (*) unfold into too much; write it out"),
    "unknown_key": ("没有这个字段，请删除或改名", "there is no such key; remove or rename it"),
    "duplicate_key": ("同一层重复出现，请只保留一个", "this key stands twice at one level; keep one"),
    "missing": ("缺少必填字段，请补上", "this key is missing; add it"),
    "county_file_needed": (
        "县的部分在另一个文件“{value}”中，请一并提供该文件",
        "the county's part is in another file, '{value}'; give that file as well",
    ),
    "county_unreadable": (
        "找不到县文件“{value}”（从方案文件所在目录算起），请更正路径",
        "there is no county file '{value}' beside the scheme; correct the path",
    ),
    "turned_text": (
        "含有改变文字方向的不可见字符，请删除后重新输入",
        "a character that is not seen turns the direction of writing; type the text again",
    ),
    "county_twice": (
        "方案文件本身已有县的部分，又提供了县文件“{value}”，请只保留一处",
        "the scheme has its county's part itself, and the county file '{value}' was given too; keep one of them",
    ),
    "in_both": (
        "方案文件和县文件都有这一部分，请删除其中一处；县自定的个别数值写在own下",
        "the scheme and the county's file both have this part; remove one (single values of the county go under 'own')",
    ),
    "own_unknown": (
        "方案中没有编码或编号为“{value}”的条目，own只能改已有条目，请更正",
        "the scheme has no entry '{value}' here and 'own' only changes entries that exist; correct the code",
    ),
    "own_shape": (
        "own在此处的写法与方案不同（一处是列表或数值，另一处是字段），请按方案的写法填写",
        "the scheme has another shape here (fields, a list or a value); write it as the scheme does",
    ),
    "not_a_document": (
        "“{value}”不是文号，请按公文填写，至少有年份或序号，例如“华扶组〔2018〕16号”",
        "'{value}' is no document number; write it as on the paper, with at least a year or a running number",
    ),
    "section_unknown": (
        "排名书面汇报只能要求这些栏目：{other}（文字），请改用其中之一或删除",
        "the report on a ranking can be asked for these sections only: {other} (texts); use one of them or remove it",
    ),
    "part_unnamed": (
        "填报数据的测算项没有写明这个数统计什么，请用中英文写明，例如“已培训的贫困劳动力人数”",
        "a reported measure does not name what this number counts; name it in Chinese and English, "
        "for example 'poor labourers trained'",
    ),
    "unit_unknown": (
        "没有定义单位“{value}”，请在units中定义或改用已有编码",
        "no unit '{value}' is defined; define it under units or use a known code",
    ),
    "duplicate_code": ("编码“{value}”重复，请改用不同的编码", "the code '{value}' is used twice; choose another"),
    "duplicate_name": (
        "名称或别名“{value}”已属于单位“{other}”，请删除一个",
        "the name or alias '{value}' already belongs to '{other}'; remove one",
    ),
    "no_catch_all": (
        "最后一条路由必须无条件匹配，请去掉其when或补一条",
        "the last route must match always; remove its 'when' or add one without",
    ),
    "shadowed": (
        "前面的路由“{other}”已包含这种情形，永远轮不到它，请调整顺序或删除",
        "it can never match, route '{other}' before it takes every case; reorder or remove it",
    ),
    "cause_unknown": (
        "该类问题没有原因“{value}”，请在causes中定义",
        "the kind has no cause '{value}'; define it under causes",
    ),
    "source_unknown": (
        "没有定义来源“{value}”，请在sources中定义或改用已有编码",
        "no source '{value}' is defined; define it under sources or use a known code",
    ),
    "town_of_unit": (
        "可对单位填报的类别不能用town（单位不一定属于某镇），请改用subject或单位编码",
        "a kind filed about units cannot use 'town', since a bureau has none; use 'subject' or a unit's code",
    ),
    "bound_of_other_type": (
        "该限制只适用于“{value}”类型的字段，请删除或改字段类型",
        "this bound is for fields of the type '{value}'; remove it or change the type",
    ),
    "rule_of_one_sort": (
        "规则须写明of和relation，或者choice和one_of，二者只取其一",
        "a rule has either 'of' with 'relation' or 'choice' with 'one_of'; give one of the two",
    ),
    "own_confirmer": (
        "不得由承办单位自己核验，请另定confirmer",
        "nobody confirms their own work; name another confirmer",
    ),
    "rung_order": (
        "预警级别须按提醒、催办、督办、约谈、问责排列且天数递增，请调整",
        "rungs go remind, urge, supervise, summon, account with rising offsets; put them in order",
    ),
    "demand_missing": (
        "“{value}”是正式文书，须写明要求，请补上demand",
        "'{other}' is a paper and must demand something; add demand",
    ),
    "demand_without_paper": (
        "“{value}”只发消息、不出文书，请去掉demand",
        "'{other}' is a message and no paper; take its demand away",
    ),
    "no_responsible": (
        "指标没有责任单位，请填写towns或units",
        "the indicator has no responsible unit; fill in towns or units",
    ),
    "indicator_unknown": ("没有第{value}项指标，请改用已有编号", "there is no indicator {value}; use a known number"),
    "have_unknown": (
        "没有定义“{value}”这一“有”，请在haves中定义",
        "no have '{value}' is defined; define it under haves",
    ),
    "have_without_kind": (
        "“{value}”没有对应的问题类别，请在kinds中补一个have为它的类别",
        "no kind belongs to the have '{value}'; add one under kinds with this have",
    ),
    "bad_date": ("“{value}”不是有效的月日，请写成如12-20", "'{value}' is no month and day; write it like 12-20"),
    "never_asked": (
        "不得申请的时段不能覆盖整个整改时限，请减小",
        "this would cover all of the mending time; make it smaller",
    ),
    "answered_too_late": (
        "答复时限必须短于整改时限，请减小",
        "an answer is due before the mending time is over; make it smaller",
    ),
    "bounds_crossed": ("上限不得小于下限{value}，请更正", "the most must not be below the least, {value}; correct it"),
    "opens_and_decides": (
        "立案的办公室不得自行决定，请另定单位",
        "the office opens cases and may not decide them; name another",
    ),
    "only_reads": (
        "督查机构只查阅、不作决定，请另定单位",
        "the inspectorate reads and changes nothing; name another unit",
    ),
    "no_honest_error": (
        "处理方式须包含容错免责，请补上honest_error",
        "honest error must be an outcome; add 'honest_error'",
    ),
    "outcome_undefined": (
        "没有定义处理方式“{value}”，请在outcomes中定义或删除",
        "no outcome '{value}' is defined; define it under outcomes or remove it",
    ),
    "kind_or_duty_unknown": (
        "没有这一类问题或任务“{value}”，请改用已有编码",
        "there is no kind or duty '{value}'; use a known code",
    ),
    "paper_passed_on": (
        "任务逾期（材料迟报等）不得移送纪委监委，请从该项outcomes中删去discipline",
        "a late duty is never passed to the discipline inspection commission; remove 'discipline' here",
    ),
    "shorter_than_law": (
        "时限{value}个工作日短于依据给出的{other}个工作日（{detail}），请核对是否放宽",
        "a limit of {value} working days is shorter than the {other} that its basis gives ({detail}); check it",
    ),
    "averages_end": (
        "人均可支配收入标准只列到{value}年，{other}年起无法判定农户和贫困村收入是否达标，请补列{other}年数值",
        "the averages of income end with {value}, so from {other} on no income can be compared; add that of {other}",
    ),
    "no_minimum": (
        "指标“{value}”没有最低基数，基数为1的镇也可得满分，请填写minimum，或在small_base中说明理由",
        "the measure '{value}' has no minimum, so one of one earns full marks; add 'minimum', or say why in 'small_base'",
    ),
    "bad_hours": (
        "办公时间须先后有序、互不重叠，请调整",
        "office hours must follow one another without overlap; adjust them",
    ),
    "one_of_type": (
        "须恰有一个类型为“{value}”的单位，请增删",
        "there must be exactly one unit of type '{value}'; add or remove",
    ),
    "unit_owes_nothing": (
        "“{value}”不承担任务，请改用镇、部门或领导小组办公室",
        "'{value}' owes no duties; name a town, a bureau or the office",
    ),
    "grades_fall_to_zero": (
        "考核等次须从高到低，最低一等从0分起",
        "grades must fall from the best down to one from 0 on",
    ),
    "grade_unknown": ("没有“{value}”这一等次，请写所列等次之一", "there is no grade {value}; take one of those listed"),
    "binds_no_town": ("第{value}项指标不约束镇，请去掉镇", "item {value} binds no town; take the towns out"),
    "known_for_number": (
        "“{value}”：系统统计的数据只能用于任务表单中的数字项（金额除外），请更正",
        "'{value}': a count of the system answers only a whole number of the duty's form, or stands beside it; correct it",
    ),
    "some_without_none": (
        "“{value}”：some用于核对none所说明的“没有”，请写明none或去掉some",
        "'{value}': some is held against the statement of none; name that field under none, or take some out",
    ),
    "rung_above_needs": (
        "约谈须有考核方案依据的，问责也须有，请一并列入needs",
        "where a summons needs an assessment plan, holding to account needs it too; add {value}",
    ),
    "have_weighs_twice": (
        "指标“{value}”的达标事项已计入全部达标率，在全县排名中会重复计分，请写明ranks: own",
        "what the measure '{value}' counts is part of the share of all met and would weigh twice; add ranks: own",
    ),
    "entries_unpaced": (
        "任务“{value}”不由镇承担，或没有可按时间进度计算的目标（如只计指定的村），请改用其他任务",
        "the duty '{value}' is no town's, or has no target with a pace (as where only some villages count); name another",
    ),
    "entries_uncounted": (
        "任务“{value}”没有按记录条数计的目标，请改用其他任务",
        "the duty '{value}' has no target counted by entries; name another",
    ),
    "due_with_report": (
        "每期排名的书面汇报任务到期规则应为report，且不带表单、计数、前置任务和起始日期，请更正",
        "a duty of the period “ranking” is due by report, without form, count, predecessor or since",
    ),
    "due_without": (
        "到期规则与“{value}”不相配，请补上或删除{value}",
        "the due rule and '{value}' do not go together; add or remove {value}",
    ),
    "date_in_many_periods": (
        "按日期到期的任务须为年度或一次性，请改周期",
        "a date falls due once a year; make the period yearly or once",
    ),
    "due_before_since": ("到期日早于起算日，请更正", "it is due before it begins; correct one of the dates"),
    "opened_by_nothing": (
        "自开启日起算只用于接续任务，请填写after或改用其他到期规则",
        "only what follows another is due so long after it was opened; add 'after' or use another rule",
    ),
    "duty_unknown": ("没有任务“{value}”，请在list中定义", "no duty '{value}' is defined; define it under list"),
    "after_other_period": (
        "须与前一任务“{value}”周期和起算日相同，请更正",
        "it must have the period and beginning of '{value}'; correct it",
    ),
    "after_itself": (
        "任务“{value}”绕回到自己之后，永远不会开启，请更正after",
        "'{value}' would follow itself and never open; correct 'after'",
    ),
    "choices_for_choice": (
        "字段“{value}”：只有选择题才有choices，且必须有，请更正",
        "'{value}': choices belong to a choice, which needs them; correct it",
    ),
    "field_unknown": (
        "没有可用的字段“{value}”，请在fields中定义",
        "no fitting field '{value}'; define it under fields",
    ),
    "one_target": ("target与of只能有一个，请删除一个", "there is either target or of; remove one"),
    "counts_towns": ("“{value}”按镇的建档户计算，请只列镇", "'{value}' counts a town's households; name towns only"),
    "split_differs": (
        "各单位分解数须列全且合计等于{value}，并注明together，请更正",
        "the split must name every unit, add up to {value} and stand with together; correct it",
    ),
    "term_unknown": (
        "没有“{value}”这一统计项，请从以下选用：{other}",
        "there is no term '{value}'; use one of these: {other}",
    ),
    "kind_unknown": (
        "没有编码为“{value}”的问题类别或任务，请改用已有编码",
        "no kind or duty has the code '{value}'; use a known code",
    ),
    "candidates_unruled": (
        "类别“{value}”用于未建档农户，须在candidates中写明为其kind",
        "the kind '{value}' is of families that are not registered; name it as the kind of 'candidates'",
    ),
    "not_of_candidates": (
        "类别“{value}”须只用于未建档农户，请将其subjects写为[candidate]",
        "the kind '{value}' must be of families that are not registered alone; write its subjects as [candidate]",
    ),
    "not_of_the_item": (
        "“{value}”不是该项指标的责任单位，请改用该项的责任单位",
        "'{value}' is no responsible unit of the item; use one that is",
    ),
}
