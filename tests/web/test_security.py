"""The edge of the web: headers on every answer, hosts, forged requests, bodies (S12-S17, S31, S32 of trust.md)."""

from __future__ import annotations

import logging

import pytest

from tests.web.tiny import WAYS, client, fail
from web.routes import SIGNED_IN, Undeclared, Way
from web.security import csrf_token

TOKEN = csrf_token("secret")
WANTED = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "strict-transport-security": "max-age=63072000; includeSubDomains",
}


@pytest.mark.parametrize("path", ["/", "/nowhere", "/fail", "/api/fail", "/static/nothing.css", "/form"])
def test_s17_every_answer_carries_the_headers(path):
    answer = client(secure=True).get(path)
    assert {name: answer.headers.get(name) for name in WANTED} == WANTED
    assert "charset=utf-8" in answer.headers["content-type"] or "json" in answer.headers["content-type"]
    policy = answer.headers["content-security-policy"]
    for part in ("default-src 'none'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'", "script-src 'self'"):
        assert part in policy
    assert "unsafe" not in policy


def test_s13_answers_are_not_stored():
    assert client().get("/").headers["cache-control"] == "no-store"


def test_hsts_is_for_https_only():
    assert "strict-transport-security" not in client().get("/").headers


def test_a_name_we_are_not_called_by_is_refused():
    answer = client().get("/", headers={"host": "evil.example"})
    assert answer.status_code == 421
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_unknown_addresses_and_methods():
    browser = client()
    assert browser.get("/nowhere").status_code == 404
    assert browser.get("/form").status_code == 405
    assert browser.get("/api/nowhere").headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("way", [way for way in WAYS if way.unsafe], ids=lambda way: way.name)
@pytest.mark.parametrize("token", ["", "x", csrf_token("another secret")])
def test_s14_a_missing_or_foreign_token_is_refused(way, token):
    answer = client().post(way.path, headers={"x-csrf-token": token})
    assert answer.status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://testserver:81"},
    ],
)
def test_s14_a_request_from_elsewhere_is_refused_even_with_the_token(headers):
    assert client().post("/form", data={"_csrf": TOKEN}, headers=headers).status_code == 403


@pytest.mark.parametrize("headers", [{}, {"sec-fetch-site": "same-origin", "origin": "http://testserver"}])
def test_our_own_form_comes_through(headers):
    answer = client().post("/form", data={"_csrf": TOKEN, "/이름": "가"}, headers=headers)
    assert (answer.status_code, "가" in answer.text) == (200, True)


def test_without_a_cookie_no_token_is_right():
    assert client(signed=False).post("/form", data={"_csrf": csrf_token("")}).status_code == 403


def test_a_bearer_token_needs_no_form_token_but_only_at_the_api():
    browser = client()
    assert browser.post("/api/json", json={}, headers={"authorization": "Bearer x"}).status_code == 200
    assert browser.post("/form", headers={"authorization": "Bearer x"}).status_code == 403


def test_fields_keep_their_order_and_repeats():
    answer = client().post("/form", content="_csrf=" + TOKEN + "&/b=2&/a=1&/b=3", headers={"content-type": "application/x-www-form-urlencoded"})
    assert answer.text.endswith("('/b', '2'), ('/a', '1'), ('/b', '3')]")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"_csrf=%FF", 400),
        (b"\xff=1", 400),
        (b"/a=%00", 400),
        (b"/a=%ED%A0%80", 400),  # a lone surrogate
        (b"_csrf=a&_csrf=b", 400),
        (b"&".join([b"/a=1"] * 3001), 413),
        (b"/a=" + b"x" * 1_000_000, 413),
    ],
)
def test_s31_a_form_that_cannot_be_read_is_refused_with_a_sentence(body, status):
    answer = client().post("/form", content=body, headers={"content-type": "application/x-www-form-urlencoded", "x-csrf-token": TOKEN})
    assert answer.status_code == status
    assert answer.text.strip()


@pytest.mark.parametrize("media", ["text/plain", "application/json", "", "application/x-www-form-urlencoded; charset=utf-16"])
def test_a_form_of_another_kind_is_refused(media):
    answer = client().post("/form", content=b"a=b", headers={"content-type": media, "x-csrf-token": TOKEN})
    assert answer.status_code == 415


def test_s32_a_body_is_not_read_beyond_its_limit():
    read = []

    def endless():
        for _ in range(400):
            read.append(1)
            yield b"x" * 100_000

    answer = client().post("/api/json", content=endless(), headers={"authorization": "Bearer x"})
    assert answer.status_code == 413
    assert answer.headers["connection"] == "close"


@pytest.mark.parametrize("length", ["10000001", "-1", "x", "99999999999999999999999"])
def test_s32_a_length_too_large_or_senseless_is_refused_at_once(length):
    answer = client().post("/api/json", content=iter([b"{}"]), headers={"authorization": "Bearer x", "content-length": length})
    assert answer.status_code == 413


def test_s32_more_files_than_one_are_refused():
    browser, headers = client(), {"x-csrf-token": TOKEN}
    assert browser.post("/upload", files=[("f", ("a.pdf", b"1"))], headers=headers).text == "[('f', 'a.pdf')]"
    assert browser.post("/upload", files=[("f", ("a.pdf", b"1")), ("f", ("b.pdf", b"2"))], headers=headers).status_code == 413
    assert browser.post("/form", files=[("f", ("a.pdf", b"1"))], headers=headers).status_code == 413
    assert browser.post("/upload", content=b"nonsense", headers={**headers, "content-type": "multipart/form-data; boundary=x"}).status_code in (200, 400)
    assert browser.post("/upload", content=b"nonsense", headers={**headers, "content-type": "multipart/form-data"}).status_code == 400


@pytest.mark.parametrize("address", ["/?a=%00", "/?a=%FF", "/?a=%ED%A0%80"])
def test_an_address_that_is_no_text_is_refused(address):
    assert client().get(address).status_code == 400


def test_s46_an_unforeseen_error_is_told_by_a_number_and_nothing_typed_reaches_the_log(caplog):
    with caplog.at_level(logging.DEBUG):
        page = client().get("/fail")
        problem = client().get("/api/fail")
    assert (page.status_code, problem.status_code) == (500, 500)
    assert problem.json()["reference"] in caplog.text
    assert "061205" not in caplog.text + page.text + problem.text


def test_a_note_is_shown_once():
    browser = client()
    browser.cookies.set("didimdol-said", "7KCA7J6l")
    answer = browser.get("/")
    assert "|저장<" in answer.text
    assert 'didimdol-said=""' in answer.headers["set-cookie"]


def test_s20_a_route_without_a_rule_stops_the_start():
    with pytest.raises(Undeclared, match="GET /open"):
        client((*WAYS, Way("GET", "/open", fail)))
    with pytest.raises(Undeclared, match="twice"):
        client((*WAYS, WAYS[0]))


def test_s20_a_guarded_route_that_forgot_to_ask_is_answered_with_nothing():
    from starlette.responses import PlainTextResponse

    careless = Way("GET", "/careless", lambda _request: PlainTextResponse("secret things"), SIGNED_IN)
    answer = client((careless,)).get("/careless")
    assert answer.status_code == 500
    assert "secret" not in answer.text
