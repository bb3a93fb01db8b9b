"""Filling a generated screen the way a person does: by the field, whatever control it turned out to be."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Locator, Page, expect


class Hand:
    """A person's hand on the form of `page`. Fields are named by their place: "연장종료만기종료/취업여부"."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def field(self, place: str) -> Locator:
        return self.page.locator(f'[id="f-{place.replace("/", "-")}"]')

    def control(self, place: str) -> Locator:
        """What one types into or picks from: what the summary of errors leads to."""
        return self.page.locator(f'[name="/{place}"]:not([type=hidden])')

    def fill(self, **answers: Any) -> None:
        """Give answers one after the other, in the order of the screen. `__` in a name stands for `/`.

        Each waits until the screen shows what follows from the one before, as a person does: what can be picked may hang on it.
        """
        for place, answer in answers.items():
            self.settled()
            self.put(place.replace("__", "/"), answer)

    def settled(self) -> None:
        """Wait until the form has been drawn with every answer given so far (without script it is drawn when asked only)."""
        expect(self.page.locator("form.screen.htmx-request")).to_have_count(0)

    def put(self, place: str, answer: Any) -> None:
        field = self.field(place)
        field.wait_for(state="attached")
        tag = field.evaluate("node => node.tagName")
        if tag in ("FIELDSET", "TR"):
            for one in answer if isinstance(answer, (list, tuple)) else [answer]:
                self.choice(place, one).check()
        elif tag == "SELECT" and field.evaluate("node => !!node.closest('.combo') && !!window.htmx"):
            self.search(place, str(answer))
        elif tag == "SELECT":
            field.select_option(str(answer))
        else:
            field.fill(str(answer))
            field.press("Tab")

    def choice(self, place: str, value: Any) -> Locator:
        return self.page.locator(f'[name="/{place}"][value="{value}"]')

    def search(self, place: str, label: str) -> None:
        """Type into the box over a long list and take what it offers."""
        box = self.page.locator(".combo").filter(has=self.field(place)).get_by_role("combobox")
        box.fill(label)
        box.press("ArrowDown")
        box.press("Enter")
        expect(box).to_have_value(label)

    def pick(self, place: str, name: str) -> None:
        """Find a case by its name among those an answer can name, and take it."""
        self.settled()
        find = self.page.locator(f'[name="_find:/{place}"]')
        find.fill(name)
        find.press("Tab")
        self.page.locator(".hits .hit").filter(has_text=name).get_by_role("checkbox").check()
        expect(self.page.locator(".picks")).to_contain_text(name)

    def mark(self, place: str, marks: tuple[int, ...]) -> None:
        """Answer a table of questions by its digits: each key answers and goes on to the next question."""
        self.choice(f"{place}/문항1", 1).focus()
        for number, mark in enumerate(marks, 1):
            self.page.keyboard.press(str(mark))
            expect(self.choice(f"{place}/문항{number}", mark)).to_be_checked()

    def derived(self, place: str) -> Locator:
        return self.page.locator(f'output[id="f-{place.replace("/", "-")}"]')

    def save(self) -> None:
        self.page.get_by_role("button", name="저장", exact=True).click()

    def saved(self, heading: str) -> None:
        """Save and arrive at the page headed so."""
        self.save()
        try:
            expect(self.page.get_by_role("heading", level=1)).to_contain_text(heading)
        except AssertionError as wrong:
            raise AssertionError(f"{wrong}\nThe page says: {self.complaints()}") from None
        expect(self.page.locator(".alert-error")).to_have_count(0)

    def confirmed(self, *sentences: str) -> None:
        """Save; the page asks about everything named, and nothing else, and saves once that is confirmed."""
        self.save()
        asked = self.page.locator("#summary.alert-warn")
        expect(asked.get_by_role("listitem")).to_have_count(len(sentences))
        for sentence in sentences:
            expect(asked).to_contain_text(sentence)
        self.page.get_by_role("button", name="확인했습니다. 이대로 저장").click()

    def complaints(self) -> list[str]:
        """What the page says is wrong: a failing test tells it."""
        return self.page.locator("#summary, .alert-error").all_inner_texts()

    def refused(self, *sentences: str) -> None:
        """Save; the same screen names everything wrong: in the summary, each line a link to the field, and beside the field."""
        self.save()
        summary = self.page.locator("#summary")
        try:
            expect(summary.get_by_role("listitem")).to_have_count(len(sentences))
        except AssertionError as wrong:
            raise AssertionError(f"{wrong}\nThe page says: {self.complaints()}") from None
        expect(summary).to_be_focused()
        for sentence in sentences:
            line = summary.get_by_role("link", name=re.compile(re.escape(sentence)))
            expect(line).to_have_count(1)
            place = line.get_attribute("href")[1:]
            beside = self.page.locator(f'[id="{place}-e"]')
            expect(beside).to_contain_text(sentence)

    def wrong(self, place: str) -> Locator:
        """The sentence beside a field."""
        return self.page.locator(f'[id="f-{place.replace("/", "-")}-e"]')
