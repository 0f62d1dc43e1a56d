"""A county in which deficiencies are found at units, and one bureau alone files from audits."""

from typing import Any

from tests.support.factories import small_scheme
from workflow.policy.scheme.model import Scheme

AUDIT: dict[str, Any] = {"source": "audit", "reference": "五审〔2018〕9号"}


def scheme_with_unit_findings() -> Scheme:
    """The small scheme with a kind about units, and an audit bureau that alone files from audits."""
    plain = small_scheme().model_dump(mode="json")
    reason = {"zh": "被查单位整改", "en": "the unit itself"}
    plain["kinds"].append(
        {
            "code": "funds",
            "name": {"zh": "资金闲置", "en": "Idle funds"},
            "indicator": 1,
            "subjects": ["unit", "village"],
            "sources": ["check", "audit", "supervision", "instruction", "petition"],
            "causes": [{"code": "idle", "name": {"zh": "闲置", "en": "idle"}}],
            "routes": [{"code": "own", "lead": "subject", "confirmer": "office", "reason": reason}],
        }
    )
    for source in plain["sources"]:
        if source["code"] == "audit":
            source["units"] = ["housing"]
    return small_scheme(**{name: plain[name] for name in ("kinds", "sources")})
