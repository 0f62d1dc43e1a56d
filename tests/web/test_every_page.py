"""Every page for every role in a simulated county: fits a phone, is accessible, and has one language."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from zlib import crc32

import pytest
from playwright.sync_api import Browser, Response, expect
from sqlalchemy import select

from models import AccountabilityCase, Checkup, Household, Matter, Paper
from settings import ROOT
from tests.support.browser import Site, enter
from tests.support.figure_walk import kind_of
from tests.support.simulated_site import person, simulated_site
from tests.support.thorough import is_thorough
from tools.screenshots import telling
from web.app import create_app

AXE = (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
#: All that is asked of a page, in one visit: what is folded away is part of it, too.  Ink of the colour of its paper axe only
#: finds “incomplete”: it might be meant, but here it never is.
LOOK = """async withAxe => {
    document.querySelectorAll('details').forEach(d => { d.open = true });
    const wide = document.documentElement.scrollWidth <= innerWidth ? [] : [...document.querySelectorAll('body *')]
        .filter(e => e.getBoundingClientRect().right > innerWidth + 1)
        .map(e => `wider than the screen: ${e.tagName} ${e.className} ${e.innerText?.slice(0, 30)}`);
    const edge = [];
    for (const row of document.querySelectorAll('.x-row')) {
        const words = document.createTreeWalker(row, NodeFilter.SHOW_TEXT), range = document.createRange();
        const inside = row.getBoundingClientRect().left + row.clientLeft;
        while (words.nextNode()) {
            range.selectNodeContents(words.currentNode);
            const box = range.getBoundingClientRect();
            if (box.width > 2 && box.left - inside < 4 && !words.currentNode.parentElement.closest('.visually-hidden'))
                edge.push(`on the edge of its row: ${words.currentNode.textContent.trim().slice(0, 30)}`);
        }
    }
    for (const cell of document.querySelectorAll('main td')) {
        const words = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT), range = document.createRange();
        while (words.nextNode()) {
            range.selectNodeContents(words.currentNode);
            const lines = new Set([...range.getClientRects()].map(box => Math.round(box.top)));
            if (/^\\s*\\d[\\d.]*%?\\s*$/.test(words.currentNode.textContent) && lines.size > 1)
                edge.push(`a figure in two lines: ${words.currentNode.textContent.trim()}`);
        }
    }
    const hard = [];
    if (withAxe) {
        const found = await axe.run(document, { resultTypes: ['violations', 'incomplete'] });
        const unseen = found.incomplete.map(v => ({ ...v, nodes: v.nodes.filter(
            n => n.any.some(c => c.data && c.data.messageKey === 'equalRatio')) })).filter(v => v.nodes.length);
        hard.push(...[...found.violations.filter(v => ['serious', 'critical'].includes(v.impact)), ...unseen]
            .map(v => `${v.id}: ${v.nodes.slice(0, 3).map(n => n.html.slice(0, 160)).join(' | ')}`));
    }
    return { wide, edge, hard, text: document.body.innerText };
}"""
#: The sorts of elements of a page, as far as they are what axe asks about: within which others, how named, labelled and filled.
SORTS = """() => {
    document.querySelectorAll('details').forEach(d => { d.open = true });
    const own = e => `${e.localName}.${e.className?.baseVal ?? e.className}`;
    const sorts = new Set();
    for (const e of document.querySelectorAll('body *')) {
        const attributes = e.getAttributeNames().filter(n => !['href', 'class', 'value', 'style'].includes(n));
        const values = ['role', 'type', 'name', 'lang', 'scope'].map(n => (e.getAttribute(n) ?? '').replace(/\\d+/g, '#'));
        const within = [e.parentElement, e.parentElement?.parentElement, e.parentElement?.parentElement?.parentElement];
        const led = ['for', 'aria-labelledby', 'aria-describedby', 'aria-controls'].map(n => e.hasAttribute(n) &&
            e.getAttribute(n).split(' ').every(id => document.getElementById(id)));
        sorts.add([...within.map(o => o ? own(o) : ''), own(e), attributes, values, led, e.labels?.length ?? '',
            e.textContent.trim() ? 'filled' : 'empty'].join(' '));
    }
    return [...sorts];
}"""
ROLES = ("village", "town", "bureau", "office", "leaders", "inspectorate", "admin")
#: Who sees what the office sees, from the same templates, and acts on little of it.
READERS = ("leaders", "inspectorate", "admin")
#: What is written in Latin letters on a Chinese page: the other language's name, codes, names of accounts, files and
#: browsers.
LATIN = re.compile(
    r"\S+@\S+|English|HH\d+|\S+\.(txt|jpg|csv)|[KM]B|\*\dX|[a-z]+(-[a-z0-9]+)+|v-\S+|admin|PDF|DOCX|XLS[XB]?|ODS|CSV|Chrome|Linux|\b[0-9a-f]{12,64}\b"
)


@pytest.fixture(scope="module")
def site(browser: Browser, settled_county: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with simulated_site(browser, settled_county, tmp_path_factory.mktemp("county") / "copy") as opened:
        yield opened


#: Not pages: files, redirects, and what a script asks.
NO_PAGES = re.compile(r"\.xlsx$|^/sign-in$|^/matters/new$|^/phone/hello$|^/sw\.js$|\.webmanifest$")


def plain_pages(site: Site) -> list[str]:
    """Every page without arguments in its address, read from the routes."""
    rules = create_app(DATABASE_URL=site.county.engine.url.render_as_string()).url_map.iter_rules()
    listed = {
        str(r) for r in rules if r.endpoint.startswith("pages.") and "GET" in (r.methods or ()) and not r.arguments
    }
    return sorted(path for path in listed if not NO_PAGES.search(path))


def pages_of(site: Site, role: str, household: str | None, number: str) -> list[str]:
    if role == "admin":
        return [*plain_pages(site), "/users?q=nobody", "/nowhere"]
    paths = [
        *plain_pages(site),
        "/tickets?mine=1",
        "/tickets?state=closed",
        f"/tickets/{number}",
        "/tickets/2018-999999",
    ]
    with site.county.read() as session:
        home = household or session.scalars(select(Household.code).order_by(Household.visited_on.is_(None))).first()
        matter = session.scalars(select(Matter.id).order_by(Matter.id.desc())).first()
        paper = session.scalars(select(Paper.number).order_by(Paper.id.desc())).first()
        checkup = session.scalars(select(Checkup.id).order_by(Checkup.id.desc())).first()
    paths += [
        f"/households/{home}",
        f"/households/{home}/checkup",
        f"/households/{home}/exit",
        f"/matters/{matter}",
        f"/checkups/{checkup}",
        "/households?q=zhang",
    ]
    if role in ("office", "leaders", "inspectorate"):
        paths += [f"/papers/{paper}", "/papers?which=open&rung=3"]
        paths += ["/units/water", "/units/office?figure=credited"]
        with site.county.read() as session:
            states = dict(session.execute(select(AccountabilityCase.state, AccountabilityCase.id)).all())
        # One that is heard offers something to each, the one that was appealed against has the longest course.
        paths += [f"/cases/{states[state]}" for state in ("opened", "heard", "closed") if state in states]
    if role in ("office", "inspectorate"):
        paths += ["/signals/at_once/water", "/signals/last_day_time/electricity"]
    if role == "office":
        paths += [f"/matters/new?ticket={number}", "/board?page=leaders", "/board?unit=town-shuizhai"]
        paths += ["/rankings/2018-11-20/items/1/town-shuizhai"]
    if role == "inspectorate":
        paths += ["/trail?person=nobody"]
    if role in ("village", "town", "office"):
        paths += [f"/households/{home}/family"]
        paths += [f"/households/{home}/family/{kind}" for kind in ("died", "came_in", "moved", "head")]
    if role == "village":
        paths += [f"/file?household={household}&kind=water", f"/file?household={household}&kind=income"]
    return paths


@dataclass
class Looked:
    """What earlier people of the module have looked at: at all, with axe, and in English."""

    kinds: set[str] = field(default_factory=set)
    sorts: set[str] = field(default_factory=set)
    english: set[str] = field(default_factory=set)


@pytest.fixture(scope="module")
def looked() -> Looked:
    return Looked()


@pytest.mark.parametrize("role", ROLES)
def test_every_page_fits_a_phone_and_serves_everybody(site: Site, role: str, looked: Looked) -> None:
    name, household = person(site, role)
    site.faults.clear()
    page = site.stranger(viewport={"width": 360, "height": 740})
    enter(page, name)
    page.goto("/tickets")
    rows = page.locator("#list .x-number").all_inner_texts()
    number = rows[0] if rows and role in ("village", "town", "bureau") else telling(site.county.engine)
    # Who only reads sees what the office sees, from the same templates: one language is enough there, and no axe.
    reader = role in ("leaders", "inspectorate")
    problems, pages, refused = [], pages_of(site, role, household, number), False
    if role in READERS and not is_thorough():
        # Their own pages, and one in four of those that others have looked at.
        pages = [
            path for path in pages if kind_of(path) not in looked.kinds or crc32(f"{role}{path}".encode()) % 4 == 0
        ]
    for language in ("zh",) if reader else ("zh", "en"):
        if language == "en":
            # A page's words are the same for everybody: each page is read in English by whoever comes first.
            pages = [path for path in pages if kind_of(path) not in looked.english]
        for path in pages[:]:
            answer = page.goto(path)
            if answer is not None and answer.status == 403 and refused:
                # One refusal looks like another.
                pages.remove(path)
                continue
            refused = refused or (answer is not None and answer.status == 403)
            if answer is not None and answer.status == 200:
                looked.kinds.add(kind_of(path))
                if language == "en":
                    looked.english.add(kind_of(path))
            # The other language has other words in the same places: what axe looks at is the same.
            sorts = set(page.evaluate(SORTS)) if language == "zh" and not reader else set[str]()
            if unseen := sorts - looked.sorts:
                page.evaluate(f"() => {{ {AXE} }}")
                looked.sorts |= unseen
            seen = page.evaluate(LOOK, bool(unseen))
            faults = seen["wide"] + seen["edge"] + seen["hard"]
            if language == "zh":
                faults += [f"not Chinese: {word}" for word in re.findall(r"[A-Za-z]{2,}", LATIN.sub("", seen["text"]))]
            problems += [f"{language} {path}: {fault}" for fault in faults]
        page.locator(".x-language").click()
    page.context.close()
    assert not problems, "\n".join(problems)
    assert site.faults == []


def test_a_boards_charts_say_what_its_tables_say_and_the_leaders_page_is_one_sheet(site: Site) -> None:
    page, weights = site.stranger(viewport={"width": 1280, "height": 800}), dict[str, int]()

    def weighed(answer: Response) -> None:
        # Asked for again it comes out of the browser's own store, and weighs nothing.
        weights[answer.url] = max(weights.get(answer.url, 0), answer.request.sizes()["responseBodySize"])

    page.on("response", weighed)
    enter(page, person(site, "leaders")[0])
    page.goto("/board")
    page.wait_for_load_state("networkidle")
    assert not any("echarts" in url for url in weights)
    page.locator("button.x-draw").click()
    expect(page.locator(".x-chart svg")).to_have_count(page.locator("table[data-chart]").count())
    # Asked for once, they are there on the next board without a press.
    page.reload()
    expect(page.locator(".x-chart svg")).to_have_count(page.locator("table[data-chart]").count())
    differs = page.evaluate(
        """() => [...document.querySelectorAll('table[data-chart]')].filter(table => {
            const chart = echarts.getInstanceByDom(table.previousElementSibling).getOption();
            const heads = [...table.tHead.rows[0].cells], rows = [...table.tBodies[0].rows];
            const told = heads.map((head, at) => head.dataset.series && rows.map(
                row => Number(row.cells[at].dataset.v || row.cells[at].textContent))).filter(Boolean);
            const drawn = chart.series.slice(-told.length).map(one => one.data.map(point => point.value ?? point));
            return !told.length || JSON.stringify(told) !== JSON.stringify(drawn);
        }).map(table => table.parentNode.id)"""
    )
    assert differs == []
    for sheet in ("/board", "/briefing"):
        page.goto(sheet)
        assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True))) == 1, sheet
    # The page itself and what it needs to be read are as light as any; the charts come where they are asked for.
    charts = {url: size for url, size in weights.items() if "echarts" in url}
    assert sum(weights.values()) - sum(charts.values()) < 90_000
    # Out of the browser's own store it weighs nothing, so only that it was asked for is sure.
    assert charts
    assert sum(charts.values()) < 250_000
    page.goto("/tickets")
    assert page.locator("script[src*=boards], script[src*=echarts]").count() == 0
    page.context.close()
    plain = site.browser.new_context(base_url=site.address, java_script_enabled=False).new_page()
    enter(plain, person(site, "leaders")[0])
    plain.goto("/board")
    assert plain.locator("table[data-chart] tbody tr").count() > 20
    assert plain.locator(".x-chart").count() == 0
    plain.context.close()
    assert site.faults == []
