"""Texts: what a test says where the product requires a statement and the words themselves do not matter."""

#: A brief statement, as a cadre would write it: what was found or done, and where.
SENTENCE = "水管老化漏水，已查明位置"
