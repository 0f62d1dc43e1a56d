"""Figure checks in tests: a county whose figures without rows are drawn, and one of them reported."""

from tests.support.factories import START, County, words
from tests.support.rankings import HOUR, make_ranking, ranked_scheme, report
from workflow.policy.scheme.model import Scheme


def checked_scheme(reporter: str = "power") -> Scheme:
    """The small scheme with rankings; both figures of its one reported measure, which `reporter` reports, are drawn."""
    content = ranked_scheme().model_dump(mode="json")
    next(measure for measure in content["measures"] if measure["code"] == "told")["reported_by"] = reporter
    content["sources"].append(
        {
            "code": "drawn",
            "name": words("抽查"),
            "filers": ["office", "leaders"],
            "subjects": ["unit"],
            "reference": True,
        }
    )
    route = {"code": "own-unit", "lead": "subject", "confirmer": "office", "reason": words("r"), "when": {}}
    content["kinds"].append(
        {
            "code": "figures_differ",
            "name": words("填报与台账不符"),
            "indicator": 18,
            "subjects": ["unit"],
            "sources": ["drawn"],
            "routes": [route],
        }
    )
    rule = {"percent": 100, "least": 1, "most": 9, "days": 5, "source": "drawn"}
    content["figures"] = {"kind": "figures_differ", "source": "drawn", "checks": rule}
    return Scheme.model_validate(content)


def ranked(county: County, reporter: str = "power") -> int:
    """The ranking of 30 November, of 90 of 100 in one town and 95 of 100 in the other by the bureau's own word; its id."""
    county.file("town", "A1", "water", START)
    report(county, HOUR, 90, by=reporter)
    return make_ranking(county).id
