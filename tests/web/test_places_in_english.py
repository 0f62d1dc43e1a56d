"""A town beside its village, in the language of the page."""

from tests.support.pages import Pages

LISTS = ("/tickets", "/households", "/visits", "/tickets/new?subject=household")


def test_a_town_has_its_english_name_on_english_pages(filed_pages: Pages) -> None:
    county = filed_pages.county
    ticket = f"/tickets/{county.ticket(1).number}"
    shown = {path: filed_pages.get("office", path).text for path in (*LISTS, ticket)}
    named = [path for path, text in shown.items() if "甲镇town-a-v1村" in text]
    assert len(named) > 2
    filed_pages.post("office", "/language", language="en", next="/board")
    for path in named:
        text = filed_pages.get("office", path).text
        assert "甲镇town-a-v1村" not in text, path
        assert "town-a town-a-v1村" in text, path
