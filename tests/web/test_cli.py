"""Command line: the output of each command; an error is one sentence and a status."""

import re
import subprocess
import sys
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func, select, text

from models import AccountabilityCase, ApiToken, Escalation, Event, Paper, SchemeVersion, Ticket, Unit, User, Village
from models.people import ROLES
from settings import ROOT, Settings
from tests.support.cases import add_seconds
from tests.support.command_line import Line
from tests.support.factories import START, County, day, settle_county
from tests.support.scheme_cast import whole_text
from tests.support.texts import SENTENCE
from trail_jobs import verify_asked
from workflow.accountability import sweep as accountability_sweep
from workflow.accountability import sweep_watch
from workflow.accountability.cases import case_desk
from workflow.county.accounts import token_hash
from workflow.county.sign_ins import first_sign_ins
from workflow.evidence import FolderStore
from workflow.history import sealing

pytestmark = pytest.mark.one_database("sqlite")


@pytest.fixture
def line(empty_database_url: str, tmp_path: Path) -> Line:
    return Line(empty_database_url, tmp_path)


@pytest.fixture
def county(engine: Engine) -> County:
    return settle_county(engine)


@pytest.fixture
def small(county: County, database_url: str, tmp_path: Path) -> Line:
    """The command line on a settled small county."""
    return Line(database_url, tmp_path)


def test_the_version_is_printed_without_a_database_and_is_that_of_the_project(line: Line) -> None:
    assert f'\nversion = "{line.said("version").strip()}"\n' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")


def test_init_is_safe_to_repeat(line: Line) -> None:
    assert line.said("init") == line.said("init")
    from web.db import engine_of

    with engine_of(line.app).connect() as connection:
        assert connection.scalar(select(func.count()).select_from(SchemeVersion)) == 1
        assert connection.scalar(select(func.count()).select_from(Unit).where(Unit.type == "town")) == 16


def test_before_init_every_command_says_what_to_do(line: Line) -> None:
    for words in (
        ("token", "x"),
        ("due", "2018-11-20", "3"),
        ("user", "add", "x", "--role", "office"),
        ("sweep",),
        ("verify",),
    ):
        assert "flask --app wsgi init" in line.refusal(*words)


def test_without_a_county_in_the_schema_commands_say_the_same(database_url: str, tmp_path: Path) -> None:
    line = Line(database_url, tmp_path)
    for words in (
        ("village", "add", "x", "--town", "town-a"),
        ("user", "add", "x", "--role", "office"),
        ("spot-check", "verify"),
        ("random-check", "verify"),
        ("calendar", "add", "2018-11-22", "no", "抗洪", "--document", "华府〔2018〕1号"),
        ("release",),
        ("county-template", str(tmp_path / "x.xlsx")),
    ):
        assert "flask --app wsgi init" in line.refusal(*words), words


@pytest.mark.parametrize(
    ("role", "unit", "village"),
    [
        ("village", "town-a", "town-a-v1"),
        ("village", "甲镇", "town-a-v1村"),
        ("village", None, "town-b-v2"),
        ("town", "甲镇", None),
        ("bureau", "water", None),
        ("bureau", "县水务局", None),
        ("bureau", "水务局", None),
        ("office", None, None),
        ("office", "office", None),
        ("leaders", None, None),
        ("inspectorate", "县委督查室", None),
        ("admin", None, None),
    ],
)
def test_an_account_is_added_for_every_role(
    small: Line, county: County, role: str, unit: str | None, village: str | None
) -> None:
    words = [*(("--unit", unit) if unit else ()), *(("--village", village) if village else ())]
    code = small.said("user", "add", "li", "--role", role, *words)
    # 100 bits: four groups of five characters, each of five bits.
    assert re.fullmatch(r"([0-9A-Z]{5}-){3}[0-9A-Z]{5}\n", code)
    with county.read() as session:
        user = session.scalars(select(User).where(User.name == "li")).one()
        assert user.role == role
        assert (user.unit_id is None) == (role == "admin")
        assert (user.village_id is not None) == (role == "village")
        if village:
            home = session.get_one(Village, user.village_id)
            assert (home.code in village, home.town_id) == (True, user.unit_id)
        assert user.password_hash is None
        # What is printed opens the account's first sign-in, and no page before its owner has set a password.
        assert first_sign_ins.holder(session, START, code.strip()) is user


def test_accounts_are_added_for_each_role_of_the_contract() -> None:
    marks = test_an_account_is_added_for_every_role.pytestmark  # type: ignore[attr-defined]
    assert {case[0] for case in marks[0].args[1]} == set(ROLES)


@pytest.mark.parametrize(
    "words",
    [
        ("li", "--role", "king"),
        ("li", "--role", "bureau"),
        ("li", "--role", "bureau", "--unit", "县财税局"),
        ("li", "--role", "bureau", "--unit", "甲镇"),
        ("li", "--role", "town", "--unit", "water"),
        ("li", "--role", "town", "--unit", "甲镇", "--village", "town-a-v1"),
        ("li", "--role", "village", "--unit", "甲镇"),
        ("li", "--role", "village", "--unit", "甲镇", "--village", "town-b-v1"),
        ("li", "--role", "village", "--village", "nowhere"),
        ("water", "--role", "office"),
        ("two words", "--role", "office"),
        ("", "--role", "office"),
        ("x" * 65, "--role", "office"),
    ],
)
def test_a_wrong_account_is_refused_in_one_sentence(small: Line, county: County, words: tuple[str, ...]) -> None:
    small.refusal("user", "add", *words)
    with county.read() as session:
        assert session.scalar(select(func.count()).select_from(User)) == len(county.people)


def test_token_prints_a_bearer_token_and_nothing_else(small: Line, county: County) -> None:
    output = small.said("token", "water")
    assert output.count("\n") == 1
    assert output.strip().isascii()
    with county.read() as session:
        assert session.scalars(select(ApiToken.token_hash)).all() == [token_hash(output.strip())]
    answer = small.app.test_client().get("/api/v1/tickets", headers={"Authorization": f"Bearer {output.strip()}"})
    assert answer.status_code == 200
    small.refusal("token", "nobody")


@pytest.mark.parametrize(
    ("start", "n", "due"),
    [
        ("2018-11-20T10:00", "1", "2018-11-21T17:30:00+08:00"),
        ("2018-11-20", "10", "2018-12-04T17:30:00+08:00"),
        # The same moment in another zone: 23:30 in London is the next morning in China.
        ("2018-11-19T23:30+00:00", "1", "2018-11-21T17:30:00+08:00"),
        ("2018-11-19T23:30:00Z", "1", "2018-11-21T17:30:00+08:00"),
        ("2018-11-19T23:30", "1", "2018-11-20T17:30:00+08:00"),
        # National Day is seven days off, with the Saturday and Sunday before it worked.
        ("2018-09-28T09:00", "3", "2018-10-08T17:30:00+08:00"),
    ],
)
def test_due_counts_working_days_in_china(small: Line, start: str, n: str, due: str) -> None:
    assert small.said("due", start, n).strip() == due


def test_due_says_that_a_year_is_not_announced_yet_and_counts_its_statutory_days(small: Line) -> None:
    told = small.run("due", "2026-12-30T10:00", "2")
    assert told.stdout.strip() == "2027-01-04T17:30:00+08:00"
    assert "2027" in told.stderr
    assert small.run("due", "2026-12-28T10:00", "2").stderr == ""


@pytest.mark.parametrize(
    ("start", "n"),
    [
        ("tomorrow", "3"),
        ("2018-13-01", "3"),
        ("2018-11-20", "0"),
        ("2018-11-20", "x"),
        ("2018-11-20", "1.5"),
        ("2018-11-20", "²"),
        ("2018-11-20", "9" * 5000),
        ("2018-11-20", "99999"),
        ("9999-12-31T23:59-23:59", "1"),
        ("0001-01-01T00:00+23:59", "1"),
        ("2050-01-01", "1"),
        ("", "1"),
    ],
)
def test_due_refuses_what_is_no_moment_or_no_number_of_days(small: Line, start: str, n: str) -> None:
    small.refusal("due", start, n)


def escalations(county: County) -> int:
    with county.read() as session:
        return int(session.scalar(select(func.count()).select_from(Escalation)) or 0)


def test_sweep_acts_as_of_a_moment_and_a_dry_run_writes_nothing(small: Line, county: County) -> None:
    county.file()
    small.now = day(10)
    assert "accept" in small.said("sweep", "--at", "2018-11-21T18:00", "--dry-run")
    assert escalations(county) == 0
    # Seen: rungs {1: 1} lapsed {}, a mapping of the program instead of words.
    done = small.said("sweep", "--at", "2018-11-21T18:00").splitlines()
    assert done == ["达到的预警级别：remind 1", "到时自动生效：0", "系统停机期间错过的级别：0", "处理失败的工单：0"]
    assert escalations(county) == 1
    done = small.said("sweep", "--at", "2018-11-21T18:00").splitlines()
    assert done[0] == "达到的预警级别：0"
    small.refusal("sweep", "--at", "yesterday")
    small.refusal("sweep", "--at", "0001-01-01T00:00+23:59")


def test_a_sweep_in_the_future_that_writes_is_refused_in_production(
    county: County, database_url: str, tmp_path: Path
) -> None:
    county.file()
    line = Line(database_url, tmp_path, ENV_NAME="production")
    line.refusal("sweep", "--at", "2018-11-21T18:00")
    assert escalations(county) == 0
    assert "accept" in line.said("sweep", "--at", "2018-11-21T18:00", "--dry-run")
    line.now = day(10)
    line.said("sweep", "--at", "2018-11-21T18:00")
    assert escalations(county) == 1


def test_days_are_declared_with_the_deadlines_they_move_and_a_dry_run_moves_none(
    small: Line, county: County, tmp_path: Path
) -> None:
    number = county.ticket(county.file()).number
    told = f"{number}\taccept\t2018年11月22日 17:30 → 2018年11月23日 17:30\n期限变动的工单：1件\n"
    flood = ("calendar", "add", "2018-11-22", "no", "抗洪", "--document", "华府〔2018〕1号")
    assert small.said(*flood, "--dry-run") == told
    assert county.ticket(1).due_at == day(2, 17.5)
    assert small.said(*flood) == told
    assert county.ticket(1).due_at == day(3, 17.5)
    assert small.said(*flood[:3], "rule", "", *flood[5:]).endswith("期限变动的工单：1件\n")
    assert county.ticket(1).due_at == day(2, 17.5)
    notice = tmp_path / "notice.csv"
    notice.write_text("2018-11-22,no,元旦\n2018-11-23,no,元旦\n", encoding="utf-8")
    said = small.said("calendar", "import", "2018", str(notice), "--document", "国办发明电〔2018〕15号", "--dry-run")
    assert said == f"{number}\taccept\t2018年11月22日 17:30 → 2018年11月26日 17:30\n期限变动的工单：1件\n"
    # The scheme's county begins with the notice of its year.
    assert "工作日历已是如此" in small.refusal("calendar", "seed", "2018", "--dry-run")
    assert county.ticket(1).due_at == day(2, 17.5)


def test_verify_says_ok_or_what_does_not_hold(small: Line, county: County) -> None:
    county.file()
    assert small.said("verify") == "ok\n"
    with county.write() as session:
        session.execute(text("UPDATE ticket SET urgent = true"))
    assert "row_differs: ticket 1 urgent" in small.refusal("verify")
    assert small.run("verify").exit_code == 1
    # What could not be verified is no finding.
    assert small.run("verify", "--anchor", "x", "y").exit_code == 2


def test_verify_goes_on_from_a_whole_run_of_the_worker_unless_told_otherwise(
    small: Line, county: County, tmp_path: Path
) -> None:
    with county.write() as session:
        sealing.seal_all(session, day(1))
    small.said("verify", "--background", "--whole")
    assert verify_asked(county.engine, FolderStore(tmp_path), lambda: day(1))
    with county.write() as session:
        sealing.seal_all(session, day(1))
    assert small.said("verify").startswith("ok\n第1次核验之前的历史")
    assert small.said("verify", "--whole") == "ok\n"


def test_verify_leaves_a_run_to_the_worker_and_says_what_it_found(small: Line, county: County, tmp_path: Path) -> None:
    county.file()
    assert "verify --background" in small.refusal("verify", "--last")
    assert small.said("verify", "--background") == "1\n"
    assert "正在核验" in small.refusal("verify", "--background")
    assert "第1次核验：已完成0项" in small.said("verify", "--last")
    assert verify_asked(county.engine, FolderStore(tmp_path), lambda: day(1))
    assert small.said("verify", "--last").endswith("无不符\n")
    small.said("verify", "--background")
    with county.write() as session:
        session.execute(text("UPDATE ticket SET urgent = true"))
    verify_asked(county.engine, FolderStore(tmp_path), lambda: day(1))
    result = small.run("verify", "--last")
    assert (result.exit_code, result.stderr) == (1, "row_differs: ticket 1 urgent\n")
    assert "--anchor" in small.refusal("verify", "--last", "--background")


def test_the_trail_is_taken_by_the_inspectorate_on_a_ground(small: Line, county: County, tmp_path: Path) -> None:
    file = tmp_path / "trail.csv"
    words = ("trail", str(file), "--act", "rights")
    assert "督查" in small.refusal(*words, "--by", "office", "--ground", "audit")
    assert "请选择导出用途" in small.refusal(*words, "--by", "inspectorate")
    assert "xlsx" in small.refusal("trail", str(tmp_path / "x.txt"), "--by", "inspectorate", "--ground", "audit")
    assert not file.exists()
    count = int(small.said(*words, "--by", "inspectorate", "--ground", "audit"))
    assert len(file.read_text(encoding="utf-8-sig").splitlines()) == count + 1
    with county.read() as session:
        (given,) = session.scalars(select(Event.given).where(Event.action == "export"))
    assert given == {"list": "trail", "rows": count, "ground": "audit"}


def test_verify_compares_the_history_with_an_anchor(small: Line, county: County) -> None:
    county.file()
    with county.write() as session:
        block = sealing.seal(session, day(0))
        assert block is not None
        head = block.hash
    assert small.said("verify", "--anchor", "1", head) == "第1批与所印一致：此前的历史记录未被改写。\nok\n"
    assert "第1批与所印不一致" in small.refusal("verify", "--anchor", "1", "a" * 64)
    assert "第2批已不存在，现最后一批为第1批" in small.refusal("verify", "--anchor", "2", head)
    assert "正整数" in small.refusal("verify", "--anchor", "x", head)
    # A command seals what it wrote; verifying and other reading seals nothing.
    small.said("sweep")
    with county.read() as session:
        assert session.scalar(select(func.count()).where(Event.block_id.is_(None))) == 0
    county.file(household="A2")
    small.said("verify")
    small.said("due", "2018-11-20", "3")
    with county.read() as session:
        assert session.scalar(select(func.count()).where(Event.block_id.is_(None)))


def test_verify_names_two_hundred_findings_at_most(small: Line, county: County, tmp_path: Path) -> None:
    days = [date(2027, 1, 1) + timedelta(days=number) for number in range(365)]
    notice = tmp_path / "notice.csv"
    notice.write_text("".join(f"{each},no,元旦\n" for each in days), encoding="utf-8")
    small.said("calendar", "import", "2027", str(notice), "--document", "国办发明电〔2018〕15号")
    with county.write() as session:
        session.execute(text("UPDATE working_day_override SET name = '春节' WHERE day >= '2027-01-01'"))
    result = small.run("verify")
    named = result.stderr.strip().splitlines()
    # Of 261 from Monday to Friday.
    assert (result.exit_code, len(named), named[0]) == (1, 200, "calendar_differs: day 2027-01-01")


def test_scheme_check_says_what_it_is_or_every_line_at_fault(small: Line, tmp_path: Path) -> None:
    plain = whole_text(ROOT / "schemes" / "wuhua-2018.yaml")
    assert small.said("scheme", "check", str(ROOT / "schemes" / "wuhua-2018.yaml")).startswith("wuhua-2018 ")
    faulty = tmp_path / "faulty.yaml"
    lines = plain.replace("lead: water,", "lead: fire-brigade,").splitlines()
    lines.insert(12, "  colour: red")
    faulty.write_text("\n".join(lines), encoding="utf-8")
    result = small.run("scheme", "check", str(faulty))
    assert (result.exit_code, result.stdout) == (1, "")
    assert "第13行" in result.stderr
    assert "请" in result.stderr
    faulty.write_text(plain.replace("lead: water,", "lead: fire-brigade,"), encoding="utf-8")
    assert "fire-brigade" in small.refusal("scheme", "check", str(faulty))
    faulty.write_bytes(b"code: \xff\xfe")
    small.refusal("scheme", "check", str(faulty))
    faulty.write_text("code: [", encoding="utf-8")
    small.refusal("scheme", "check", str(faulty))
    small.refusal("scheme", "check", str(tmp_path / "none.yaml"))
    small.refusal("scheme", "check", str(tmp_path))


def test_what_was_backed_up_is_restored(small: Line, county: County, tmp_path: Path) -> None:
    ticket, kept = county.file(), str(tmp_path / "kept.tar")
    small.said("backup", kept)
    county.do("office", "cancel", ticket, day(1), reason=SENTENCE)
    county.engine.dispose()
    assert small.said("restore", kept) == "ok\n"
    county.engine.dispose()
    assert county.ticket(ticket).state == "assigned"


def test_what_is_no_backup_is_refused_and_changes_nothing(small: Line, county: County, tmp_path: Path) -> None:
    import tarfile

    ticket, bad = county.file(), tmp_path / "bad.tar"
    small.refusal("restore", str(tmp_path / "none.tar"))
    bad.write_bytes(b"not a tar")
    small.refusal("restore", str(bad))
    for manifest in (b"{", b"[]", b'{"dialect": "oracle"}', b'{"dialect": "sqlite"}', b'{"dialect": "postgresql"}'):
        (tmp_path / "manifest.json").write_bytes(manifest)
        (tmp_path / "database").write_bytes(b"x" * 5000)
        with tarfile.open(bad, "w") as tar:
            tar.add(tmp_path / "manifest.json", "manifest.json")
            if manifest != b'{"dialect": "oracle"}':
                tar.add(tmp_path / "database", "database")
        small.refusal("restore", str(bad))
        county.engine.dispose()
        assert county.ticket(ticket).state == "assigned"


def test_a_demo_county_lives_and_is_made_once(line: Line) -> None:
    output = line.said("demo", "--days", "1", "--households", "20", "--seed", "2")
    accounts = [entry.split("\t") for entry in output.splitlines() if "\t" in entry]
    assert sorted(role for role, _, _ in accounts) == sorted(ROLES)
    from web.db import engine_of

    with engine_of(line.app).connect() as connection:
        filed = connection.scalars(select(Ticket.filed_at)).all()
    assert filed
    assert max(filed) <= START
    again = line.run("demo", "--days", "3")
    assert (again.exit_code, again.stderr.count("\n")) == (1, 1)


def test_the_commands_of_the_contract_are_there() -> None:
    listed = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", "--help"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    for command in ("init", "demo", "user", "token", "sweep", "due", "verify", "scheme", "backup", "restore"):
        assert f"\n  {command} " in listed
    assert "limiter" not in listed
    # Flask-Limiter registers a command of its own; it shows and clears what one process counts.
    foreign = [sys.executable, "-m", "flask", "--app", "wsgi", "limiter", "limits"]
    assert subprocess.run(foreign, cwd=ROOT, capture_output=True, check=False).returncode == 2


def test_a_failing_command_of_the_real_program_ends_with_a_status(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", "token", "nobody"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        env={"XIAOHAO_DATABASE_URL": f"sqlite:///{tmp_path / 'x.db'}", "PATH": ""},
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_moment_is_read_in_chinas_time_unless_it_says_otherwise() -> None:
    from web.cli import moment

    assert moment("2018-11-20T10:00") == START
    assert moment("2018-11-20T02:00Z") == datetime.fromisoformat("2018-11-20T10:00+08:00")


def test_every_setting_is_documented_and_every_documented_one_exists() -> None:
    documented = {
        entry.removeprefix("#XIAOHAO_").split("=")[0].lower()
        for entry in (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
        if entry.startswith("#XIAOHAO_")
    }
    assert documented == set(Settings.model_fields)


def test_a_held_sweep_is_released_from_the_command_line(small: Line, county: County) -> None:
    assert "没有" in small.refusal("release")
    for at in (START, START + timedelta(days=3)):
        with county.write() as session:
            sweep_watch.heartbeat(session, "w", at)
    assert small.said("release").strip() == "1"
    with county.read() as session:
        assert sweep_watch.hold_reason(session) is None


def test_a_dry_run_names_every_rung_receipt_and_statement(small: Line, county: County) -> None:
    for ticket in (county.file(), county.file(household="A2")):
        county.do("water", "accept", ticket, day(1))
    add_seconds(county)
    county.file(household="A3", at=day(21, 9))
    accountability_sweep.run(county.read, county.write, day(21, 8.5))
    with county.write() as session:
        office = county.people["office"]
        given: dict[str, Any] = {"result": "1:task", "harm": SENTENCE}
        case = case_desk.raise_case(session, office, day(21, 8.5), 2, 2, **given).id
        case_desk.perform(session, county.people["office2"], case, "open", day(21, 8.5), **given)
        case_desk.perform(session, office, case, "notify", day(21, 8.5))
        papers = session.execute(select(Paper.ticket_id, Paper.number, Paper.deemed_at).order_by(Paper.id)).all()
        due = session.scalars(select(AccountabilityCase.statement_due_at)).one()
    assert due is not None
    before = escalations(county)

    def said(at: datetime) -> list[str]:
        return small.said("sweep", "--at", at.isoformat(), "--dry-run").splitlines()

    receipts = [f"{ticket}\tpaper {number}\treceipt" for ticket, number, _ in papers]
    assert len(receipts) == 2
    received = papers[0][2]
    assert said(received - timedelta(seconds=1)) == []
    assert said(received) == receipts
    # The third ticket has two working days to be accepted from Tuesday 11 December, and its unit is reminded a day before.
    assert said(received + timedelta(seconds=1)) == ["3\taccept\trung 1", *receipts]
    later = said(due + timedelta(seconds=1))
    rungs = ["1\tmend\trung 4", "2\tmend\trung 4", "3\taccept\trung 3"]
    assert later == [*rungs, *receipts, "1\tcase\tlapse_statement"]
    assert said(due)[-1] == receipts[-1]
    assert escalations(county) == before


def test_a_dry_run_names_the_papers_due_at_the_opening_and_who_decides_them(small: Line, county: County) -> None:
    for ticket in (county.file(), county.file(household="A2")):
        county.do("water", "accept", ticket, START)
    # 督办 is reached at the close of Monday 10 December; its papers leave at the opening of Tuesday.
    accountability_sweep.run(county.read, county.write, day(20, 18))

    def said(at: datetime) -> list[str]:
        return small.said("sweep", "--at", at.isoformat(), "--dry-run").splitlines()

    assert said(day(21, 8.25)) == []
    assert said(day(21, 8.5)) == ["1\tmend\trung 3\tissue", "2\tmend\trung 3\tissue"]
    county.resolve(2, day(21, 8.5))
    # The unit has acted since: a person decides.
    assert said(day(21, 8.5)) == ["1\tmend\trung 3\tissue", "2\tmend\trung 3\tdecide"]
    with county.read() as session:
        assert session.scalars(select(Paper.number)).all() == []
    accountability_sweep.run(county.read, county.write, day(21, 8.5))
    assert said(day(21, 8.5)) == []
    with county.read() as session:
        assert session.scalars(select(Paper.ticket_id)).all() == [1]


def test_a_limit_is_at_most_ten_thousand_days_and_no_duty_is_opened_ahead_of_time(
    county: County, database_url: str, tmp_path: Path
) -> None:
    line = Line(database_url, tmp_path, ENV_NAME="production")
    assert line.said("due", "2018-11-20", "1").strip() == "2018-11-21T17:30:00+08:00"
    for n in ("0", "10001", "x", "1.5"):
        assert "10000" in line.refusal("due", "2018-11-20", n), n
    assert "10000" not in line.refusal("due", "2099-11-20", "10000")
    ahead = (START + timedelta(seconds=1)).isoformat()
    for words in (("sweep",), ("open-duties",)):
        line.refusal(*words, "--at", ahead)
        line.said(*words, "--at", START.isoformat())
        line.said(*words, "--at", ahead, "--dry-run")
    assert line.said("open-duties") == "新下达的任务：0\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("spot-check", "verify", "November"), "2018-11"),
        (("spot-check", "verify", "2018-13"), "2018-11"),
        (("spot-check", "verify", "2018-10"), "2018-10"),
        (("notify", "preview", "99"), ""),
        (("token", "x\udcff"), ""),
    ],
)
def test_what_is_no_month_event_or_name_is_refused(small: Line, words: tuple[str, ...], said: str) -> None:
    assert said in small.refusal(*words)
