"""The round of a working day in a county that lives: what happens before and after units act on their tickets."""

import random
from collections.abc import Callable, Mapping
from datetime import datetime

from sqlalchemy import Engine

from simulation.accounting import Accounting
from simulation.asking import Asking
from simulation.counted_rows import CountedRowsOfYear
from simulation.duties import Duties
from simulation.family_changes import FamilyChanges
from simulation.figure_checking import FigureChecking
from simulation.list_matching import ListMatching
from simulation.papers import Papers
from simulation.post_changes import PostChanges
from simulation.random_checking import RandomChecking
from simulation.ranked import Ranked
from simulation.rung_decisions import RungDecisions
from simulation.settlement import Settled
from simulation.signing import Signing
from simulation.spots import Spotting
from simulation.unit_findings import UnitFindings
from simulation.unit_profiles import UnitProfile
from simulation.unregistered import Unregistered
from simulation.village_outages import VillageOutages
from simulation.visits import Visits
from workflow.county.context import CountyContext
from workflow.county.vault import Vault
from workflow.evidence import Place


class DailyRound:
    """Everything that units do in a quarter of a working day besides moving their tickets."""

    def __init__(
        self,
        engine: Engine,
        settled: Settled,
        rng: random.Random,
        files: Place,
        photo: Callable[..., int],
        vault: Vault | None = None,
    ) -> None:
        self.households = len(settled.households)
        #: By unit: how often nothing is found mended, and how quickly it works.
        self.unmended: dict[int, float] = {}
        self.speeds: dict[int, float] = {}
        self.visits = Visits(engine, settled, rng, files)
        self.asking = Asking(engine, settled, rng, files)
        self.pressing = RungDecisions(engine, settled, rng)
        self.spotting = Spotting(engine, settled, rng, photo)
        self.random = RandomChecking(engine, settled, rng, files)
        self.figures = FigureChecking(engine, settled, rng)
        self.papers = Papers(engine, settled, rng)
        self.accounting = Accounting(engine, settled, rng)
        self.signing = Signing(engine, settled, rng)
        self.ranked = Ranked(engine, settled, rng, self.signing)
        self.duties = Duties(engine, settled, rng, files)
        self.rows = CountedRowsOfYear(engine, settled, rng)
        self.families = FamilyChanges(engine, settled, rng, vault)
        self.posts = PostChanges(engine, settled)
        self.breakdowns = VillageOutages(engine, settled, rng, photo)
        self.findings = UnitFindings(engine, settled, rng)
        self.lists = ListMatching(engine, settled, rng, self.visits, vault)
        self.unregistered = Unregistered(engine, settled, rng, photo, vault)

    def know(self, profiles: Mapping[int, UnitProfile]) -> None:
        """Take up how each unit works."""
        self.unmended = {unit: profile.found_unmended for unit, profile in profiles.items()}
        self.speeds = {unit: profile.speed for unit, profile in profiles.items()}

    def before(self, setting: CountyContext, now: datetime, quarters: int, *, begun: bool) -> None:
        """Authorisations, and visits, outages and findings, out of which tickets come; `quarters` make a working day.

        `begun`: the county has lived for a while, so that the units which authorise late do so too.
        """
        self.signing.begin(setting, now)
        if begun:
            self.signing.later(setting, now)
        # Every household on the register is to be seen within the scheme's days.
        self.visits.live(setting, now, self.households / setting.scheme.exit.visit_days / quarters)
        self.breakdowns.live(setting, now, self.speeds)
        self.findings.live(setting, now)

    def after(self, setting: CountyContext, now: datetime, *, first: bool, last: bool) -> None:
        """Requests, rungs, checks, papers and cases; in the `first` quarter reports, in the `last` duties and ranking."""
        self.asking.live(setting, now)
        self.pressing.live(setting, now)
        self.spotting.live(setting, now, self.unmended)
        self.random.live(setting, now)
        self.figures.live(setting, now)
        self.papers.live(setting.clock, now)
        self.accounting.live(setting, now)
        if first:
            self.ranked.hand_in(setting, now)
        if last:
            self.rows.live(setting, now)
            self.families.live(setting, now)
            self.unregistered.live(setting, now)
            self.lists.live(setting, now)
            self.posts.live(setting, now)
            self.duties.live(setting, now)
            self.ranked.live(setting, now)
            self.ranked.object(setting, now)
