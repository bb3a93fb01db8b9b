"""The toy library with a web server before it: browsers and API clients of its people, of another branch, and of each role."""

from __future__ import annotations

from datetime import timedelta

from starlette.testclient import TestClient

from engine.casework import signin, studies
from tests.casework.library import Library
from tests.web.tiny import TESTING
from web.app import build
from web.house import House
from web.security import csrf_token

MORE = (("admin", "가지점", "admin"), ("author", "가지점", "author"), ("approver", "가지점", "approver"), ("nobody", "가지점"), ("farboss", "나지점", "head"), ("faradmin", "나지점", "admin"))


class Town(Library):
    """The library of the verbs' tests, seen from outside."""

    def __init__(self, database, cipher, files, *, settings=TESTING, **more):
        super().__init__(database, cipher, files, **more)
        for login, place, *roles in MORE:
            self.hire(login, place, *roles)
        house = House(settings, database, cipher, self.editions, files, clock=lambda: self.now)
        self.app = build(settings, house=house)
        self._secrets, self._tokens = {}, {}

    def secret(self, login):
        """The session secret of a person, signed in at need."""
        if login not in self._secrets:
            with self.desk() as desk:
                self._secrets[login] = signin.open_session(desk, self.people[login].person_id, self.now + timedelta(hours=10))
        return self._secrets[login]

    def token(self, login):
        if login not in self._tokens:
            with self.desk() as desk:
                self._tokens[login] = signin.issue_token(desk, self.people[login].person_id)
        return self._tokens[login]

    def browser(self, login=""):
        """A browser, signed in as `login`."""
        made = TestClient(self.app, base_url="http://testserver", follow_redirects=False)
        if login:
            made.cookies.set("didimdol", self.secret(login))
            made.csrf = csrf_token(self.secret(login))
        return made

    def api(self, login=""):
        """An API client with the token of `login`."""
        headers = {"authorization": f"Bearer {self.token(login)}"} if login else {}
        return TestClient(self.app, base_url="http://testserver", headers=headers, follow_redirects=False)

    def played(self, *findings):
        """Let the scenarios that are to be played have been, with these findings: what comes of them is tested where they are played."""
        with self.database.begin() as connection:
            for ident in studies.waiting(connection):
                if studies.one(connection, ident).kind == studies.SCENARIOS:
                    told = [{"path": "workflows/scenarios/a.json", "line": 1, "message": each} for each in findings]
                    studies.end(connection, ident, {"ran": ["a"], "findings": told, "counts": {}, "missing": [], "missing_all": 0}, "", self.now)

    def rows(self):
        """Every row of every table but what is written about looking: to compare before and after."""
        from engine.store.tables import metadata  # the whole of it

        quiet = {"access_record", "access_seal", "web_session", "api_token", "throttle"}
        with self.database.read() as connection:
            return {
                name: sorted(map(repr, connection.execute(table.select()).all())) for name, table in metadata.tables.items() if name not in quiet
            }
