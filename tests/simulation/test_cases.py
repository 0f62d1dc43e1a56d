"""Cases of the simulated county: most are about households, in whatever order lateness comes."""

from itertools import product

from simulation.accounting import paper_may_follow


def test_most_cases_are_about_households_whatever_comes_first() -> None:
    for wanted in product((True, False), repeat=9):
        households = others = 0
        for paper in wanted:
            if not paper:
                households += 1
            elif paper_may_follow(households, others):
                others += 1
            assert households > others or households == others == 0
