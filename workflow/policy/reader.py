"""Reading a scheme file: every refusal names the line, the field and the remedy, and all are reported at once."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from workflow.policy.checks import Finding, check
from workflow.policy.scheme import Scheme

Path_ = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a scheme file: line (from 1), where, a code and what the sentence mentions."""

    line: int
    where: str
    code: str
    params: dict[str, str]

    def sentence(self, language: str) -> str:
        """One sentence in `zh` or `en` that names line, field and remedy."""
        zh, en = _SENTENCES.get(self.code, _SENTENCES["invalid"])
        words = (zh if language == "zh" else en).format(**{"value": "", "other": "", "detail": "", **self.params})
        return (
            f"第{self.line}行 {self.where}：{words}" if language == "zh" else f"line {self.line}, {self.where}: {words}"
        )


class SchemeRefused(Exception):
    """A scheme file that may not be used; `problems` in the order of their lines."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda problem: (problem.line, problem.where)))
        super().__init__("\n".join(problem.sentence("en") for problem in self.problems))


_SENTENCES: dict[str, tuple[str, str]] = {
    "invalid": ("内容有误（{detail}），请更正", "this is not valid ({detail}); correct it"),
    "syntax": ("不是有效的YAML（{detail}），请检查缩进和标点", "not valid YAML ({detail}); check indents and signs"),
    "alias": ("上传的方案不能使用引用（*），请写出全文", "an uploaded scheme has no aliases (*); write it out"),
    "unknown_key": ("没有这个字段，请删除或改名", "there is no such key; remove or rename it"),
    "duplicate_key": ("同一层重复出现，请只保留一个", "this key stands twice at one level; keep one"),
    "missing": ("缺少必填字段，请补上", "this key is missing; add it"),
    "unit_unknown": ("没有定义单位“{value}”，请在units中定义或改用已有编码",
                     "no unit '{value}' is defined; define it under units or use a known code"),
    "duplicate_code": ("编码“{value}”重复，请改用不同的编码", "the code '{value}' is used twice; choose another"),
    "duplicate_name": ("名称或别名“{value}”已属于单位“{other}”，请删除一个",
                       "the name or alias '{value}' already belongs to '{other}'; remove one"),
    "no_catch_all": ("最后一条路由必须无条件匹配，请去掉其when或补一条",
                     "the last route must match always; remove its 'when' or add one without"),
    "shadowed": ("前面的路由“{other}”已包含这种情形，永远轮不到它，请调整顺序或删除",
                 "it can never match, route '{other}' before it takes every case; reorder or remove it"),
    "cause_unknown": ("该类问题没有原因“{value}”，请在causes中定义", "the kind has no cause '{value}'; define it under causes"),
    "own_confirmer": ("不得由承办单位自己核验，请另定confirmer", "nobody confirms their own work; name another confirmer"),
    "rung_order": ("预警级别须按提醒、催办、督办、约谈、问责排列且天数递增，请调整",
                   "rungs go remind, urge, supervise, summon, account with rising offsets; put them in order"),
    "demand_missing": ("“{value}”是正式文书，须写明要求，请补上demand",
                       "'{other}' is a paper and must demand something; add demand"),
    "demand_without_paper": ("“{value}”只发消息、不出文书，请去掉demand",
                             "'{other}' is a message and no paper; take its demand away"),
    "no_responsible": ("指标没有责任单位，请填写towns或units", "the indicator has no responsible unit; fill in towns or units"),
    "indicator_unknown": ("没有第{value}项指标，请改用已有编号", "there is no indicator {value}; use a known number"),
    "have_unknown": ("没有定义“{value}”这一“有”，请在haves中定义", "no have '{value}' is defined; define it under haves"),
    "have_without_kind": ("“{value}”没有对应的问题类别，请在kinds中补一个have为它的类别",
                          "no kind belongs to the have '{value}'; add one under kinds with this have"),
    "bad_date": ("“{value}”不是有效的月日，请写成如12-20", "'{value}' is no month and day; write it like 12-20"),
    "never_asked": ("不得申请的时段不能覆盖整个整改时限，请减小", "this would cover all of the mending time; make it smaller"),
    "answered_too_late": ("答复时限必须短于整改时限，请减小", "an answer is due before the mending time is over; make it smaller"),
    "bounds_crossed": ("上限不得小于下限{value}，请更正", "the most must not be below the least, {value}; correct it"),
    "opens_and_decides": ("立案的办公室不得自行决定，请另定单位", "the office opens cases and may not decide them; name another"),
    "only_reads": ("督查机构只查阅、不作决定，请另定单位", "the inspectorate reads and changes nothing; name another unit"),
    "no_honest_error": ("处理方式须包含容错免责，请补上honest_error", "honest error must be an outcome; add 'honest_error'"),
    "bad_hours": ("办公时间须先后有序、互不重叠，请调整", "office hours must follow one another without overlap; adjust them"),
    "one_of_type": ("须恰有一个类型为“{value}”的单位，请增删", "there must be exactly one unit of type '{value}'; add or remove"),
}  # fmt: skip


def read_scheme(path: Path) -> Scheme:
    """Read and check a scheme file.  Raises SchemeRefused, or OSError when it cannot be read."""
    return parse_scheme(decoded(path.read_bytes()))


def decoded(content: bytes) -> str:
    """The text of a scheme file.  Raises SchemeRefused with the line that is not UTF-8."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise SchemeRefused([Problem(line, "YAML", "syntax", {"detail": "UTF-8"})]) from error


def parse_scheme(text: str) -> Scheme:
    """Read and check the text of a scheme.  Raises SchemeRefused with everything that is wrong."""
    scheme, problems = _parsed(text)
    if problems:
        raise SchemeRefused(problems)
    return scheme


def parse_to_compare(text: str) -> tuple[Scheme, tuple[Problem, ...]]:
    """The same for looking only: routes that can never match are named beside the scheme, and refuse it no more."""
    scheme, problems = _parsed(text)
    grave = [problem for problem in problems if problem.code != "shadowed"]
    if grave:
        raise SchemeRefused(problems)
    return scheme, tuple(problems)


def refuse_aliases(text: str) -> None:
    """Refuse a text from outside whose aliases could unfold without end.  Raises SchemeRefused."""
    try:
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            if isinstance(event, yaml.AliasEvent):
                mark = event.start_mark
                raise SchemeRefused([Problem(mark.line + 1 if mark else 1, "YAML", "alias", {})])
    except (yaml.YAMLError, RecursionError):
        # Told better, with its line, when it is read.
        return


def _parsed(text: str) -> tuple[Scheme, list[Problem]]:
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        data = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        detail = str(getattr(error, "problem", None) or error).splitlines()[0]
        raise SchemeRefused([Problem(mark.line + 1 if mark else 1, "YAML", "syntax", {"detail": detail})]) from error
    if root is None:
        raise SchemeRefused([Problem(1, "YAML", "missing", {})])
    lines = dict(_lines(root, ()))
    problems = [Problem(line, _dotted(path), "duplicate_key", {}) for path, line in _duplicates(root, ())]
    try:
        scheme = Scheme.model_validate(data)
    except ValidationError as error:
        problems += [_from_pydantic(entry, lines) for entry in error.errors()]
        raise SchemeRefused(problems) from error
    return scheme, problems + [_from_finding(finding, lines) for finding in check(scheme)]


def _from_finding(finding: Finding, lines: dict[Path_, int]) -> Problem:
    return Problem(_line(finding.path, lines), _dotted(finding.path), finding.code, finding.params)


def _from_pydantic(entry: Any, lines: dict[Path_, int]) -> Problem:
    path = tuple(entry["loc"])
    codes = {"extra_forbidden": "unknown_key", "missing": "missing"}
    return Problem(_line(path, lines), _dotted(path), codes.get(entry["type"], "invalid"), {"detail": entry["msg"]})


def _line(path: Path_, lines: dict[Path_, int]) -> int:
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 1)


def _dotted(path: Path_) -> str:
    return ".".join(str(part) for part in path) or "YAML"


def _lines(node: yaml.Node, path: Path_) -> Iterator[tuple[Path_, int]]:
    yield path, node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from _lines(value, (*path, str(key.value)))
            yield (*path, str(key.value)), key.start_mark.line + 1
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            yield from _lines(value, (*path, index))


def _duplicates(node: yaml.Node, path: Path_) -> Iterator[tuple[Path_, int]]:
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if key.value in seen:
                yield (*path, str(key.value)), key.start_mark.line + 1
            seen.add(key.value)
            yield from _duplicates(value, (*path, str(key.value)))
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            yield from _duplicates(value, (*path, index))
