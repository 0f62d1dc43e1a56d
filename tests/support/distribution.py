"""Distribution of tests over the processes of `pytest -n`: long ones first, a module that shares a county in one process.

xdist's own groups change the ids of tests, which pytest 9.2 no longer lets it do: since then every process settled such a
county for itself.
"""

from typing import Any

#: Modules whose tests share something that takes seconds to make, and what it is; all of one name run in one process.
SHARED = {
    "tests/web/test_every_page.py": "a settled county",
    "tests/web/test_shown_figures.py": "a settled county",
    "tests/web/test_after_a_reform.py": "a settled county",
    "tests/web/test_in_the_hand.py": "a settled county",
    "tests/verification/test_every_row.py": "a settled county",
    "tests/register/test_sealed_people.py::test_a_simulated_county": "a settled county",
    "tests/simulation/test_county_reform.py": "a slack county",
    "tests/simulation/test_county.py::test_some_were_slow": "a slack county",
    "tests/simulation/test_county.py::test_the_printed_accounts": "a slack county",
    "tests/adoption/test_calendar_change_laws.py": "a county with every clock",
    "tests/reports/test_notice_items.py": "the notice's year",
    "tests/test_dumps.py": "an upgraded dump",
    "tests/evidence/test_perceptual_hash.py": "photos",
    **dict.fromkeys(
        (
            "tests/test_layers.py",
            "tests/test_safe_code.py",
            "tests/test_caches.py::test_every_cache_of_the_process",
            "tests/test_inputs.py::test_every_",
            "tests/web/test_clock_guard.py::test_transactions_are_opened",
            "tests/web/test_words.py::test_every_",
            "tests/models/test_partial.py::test_no_query",
            "tests/models/test_violations.py::test_every_constraint",
            "tests/notifications/test_rules.py::test_every_kind_of_event",
            "tests/county/test_trail_search.py::test_every_kind_of_act",
        ),
        "parsed sources",
    ),
}
#: What takes longest, so that no process is left alone with it at the end.
LONG = (
    "tests/web/test_every_page.py",
    "tests/web/test_shown_figures.py",
    "tests/web/test_after_a_reform.py",
    "tests/web/test_in_the_hand.py",
    "tests/simulation",
    "tests/web/test_browser.py",
    "tests/register/test_import_large.py",
    "tests/web/test_rights.py",
    "tests/register/test_leaks.py",
    "tests/adoption/test_calendar_change_laws.py",
    "tests/verification",
    "tests/web/test_cli.py",
    "tests/web/test_api_contract.py",
    "tests/web/test_api_odd.py",
    "tests/web/test_pages.py",
)


def scheduler(config: Any, log: Any) -> Any:
    """The scheduler of `pytest -n`; imported only where pytest-xdist is used."""
    from xdist.scheduler import LoadScopeScheduling

    class SharedInOneProcess(LoadScopeScheduling):
        """Sends one test at a time to whichever process is free, and a module of SHARED as a whole."""

        def _split_scope(self, nodeid: str) -> str:
            return next((shared for module, shared in SHARED.items() if nodeid.startswith(module)), nodeid)

    return SharedInOneProcess(config, log)


def position(nodeid: str) -> int:
    """The place of a test in the order of LONG; behind all of them where it is none."""
    return next((place for place, name in enumerate(LONG) if nodeid.startswith(name)), len(LONG))
