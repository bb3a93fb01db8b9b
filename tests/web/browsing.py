"""A browser without JavaScript: reads the form of a page as a browser would post it."""

from __future__ import annotations

from html.parser import HTMLParser


class Forms(HTMLParser):
    """The fields of the form with the id `screen` (or of the last form of the page), as name -> values."""

    def __init__(self, html):
        super().__init__()
        self.fields, self.buttons, self._inside, self._select, self._area = {}, [], False, None, None
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        told = dict(attrs)
        if tag == "form":
            self._inside = told.get("method") == "post" and "/session" not in told.get("action", "") and told.get("action") not in ("/signout", "/search")
            self.action = told.get("action") if self._inside else getattr(self, "action", None)
        if not self._inside:
            return
        name, value = told.get("name"), told.get("value") or ""
        if tag == "input" and name and told.get("type") not in ("file", "submit") and not (told.get("type") in ("radio", "checkbox") and "checked" not in told):
            self.fields.setdefault(name, []).append(value)
        elif tag == "button" and name:
            self.buttons.append((name, value))
        elif tag == "select" and name:
            self._select = name
            self.fields[name] = [""]
        elif tag == "option" and self._select and "selected" in told:
            self.fields[self._select] = [value]
        elif tag == "textarea" and name:
            self._area = name
            self.fields[name] = [""]

    def handle_endtag(self, tag):
        if tag == "form":
            self._inside = False
        elif tag == "select":
            self._select = None
        elif tag == "textarea":
            self.fields[self._area] = [self.fields[self._area][0].removeprefix("\n")] if self._area else []
            self._area = None

    def handle_data(self, data):
        if self._area:
            self.fields[self._area][0] += data


def fields(html, **changed):
    """What the form of a page would post, with some answers `changed` (by name; None leaves one out)."""
    found = Forms(html).fields
    for name, value in changed.items():
        found[name] = value
    return {name: value for name, value in found.items() if value is not None}
