"""GET /docs: one page that stands alone, with every route and every code; a problem's `type` leads to the code's row."""
import base64
import hashlib
import re
from html.parser import HTMLParser

import pytest
import requests

from harness import OPENAPI, ROOT

ROUTES = [tuple(line.split()[:2]) for line in (ROOT / "tests/golden/routes.txt").read_text().splitlines()]
CODES = [tuple(line.split()) for line in (ROOT / "tests/golden/status.txt").read_text().splitlines()]
VOID = ("meta",)


class Seen(HTMLParser):
    """The page as a reader's program takes it: tags, ids, links, words; every tag closed in its order."""

    def __init__(self, text):
        super().__init__()
        self.open, self.tags, self.ids, self.links, self.attributes = [], set(), [], [], set()
        self.rows, self.summaries, self.cells, self.words = {}, [], [], None
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        self.tags.add(tag)
        self.attributes |= set(given)
        if tag not in VOID:
            self.open.append(tag)
        if "id" in given:
            self.ids.append(given["id"])
        if "href" in given:
            self.links.append(given["href"])
        if tag == "tr":
            self.row, self.cells = given.get("id"), []
        if tag in ("td", "summary"):
            self.words = []

    def handle_data(self, data):
        if self.words is not None:
            self.words.append(data)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag
        if tag in ("td", "summary"):
            (self.cells if tag == "td" else self.summaries).append(self.words)
            self.words = None
        if tag == "tr" and self.row:
            self.rows[self.row] = self.cells


@pytest.fixture(scope="module")
def answer(world):
    return requests.get(world.server.url("/docs"))


@pytest.fixture(scope="module")
def page(answer):
    return Seen(answer.text)


def test_it_is_html_for_everybody(answer):
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_head_and_other_methods_are_answered_as_everywhere(world, answer):
    head, post = requests.head(world.server.url("/docs")), requests.post(world.server.url("/docs"))
    assert (head.status_code, head.content, head.headers["Content-Length"]) == (200, b"", str(len(answer.content)))
    assert (post.status_code, post.json()["code"], post.headers["Allow"]) == (405, "METHOD_NOT_ALLOWED", "GET, HEAD")
    assert requests.get(world.server.url("/docs?lang=en")).json()["errors"][0]["pointer"] == "?lang"


def test_every_route_is_there_in_two_languages(page):
    shown = {(words[0], words[1]): words[2:] for words in page.summaries if words[0].isupper()}
    assert shown.keys() == set(ROUTES)
    for route, words in shown.items():
        assert re.search(r"[\u4e00-\u9fff]", "".join(words)) and re.search(r"[A-Za-z]{3}", words[-1]), route


def test_every_code_is_there_with_status_retry_and_four_sentences(page):
    failures = [row for row in CODES if row[1] >= "400"]
    assert list(page.rows) == [code for code, _, _ in failures]
    for code, http, retry in failures:
        cells = page.rows[code]
        assert ["".join(cell) for cell in cells[:3]] == [code, http, retry.lower()]
        for zh, _, en in cells[3:]:
            assert re.search(r"[\u4e00-\u9fff]", zh) and re.match(r"[A-Z][^\u4e00-\u9fff]+$", en), code


def test_every_schema_is_there_and_every_link_leads_somewhere(page):
    assert len(page.ids) == len(set(page.ids)) and set(OPENAPI["components"]["schemas"]) <= set(page.ids)
    assert {link for link in page.links if not link.startswith("#")} == {"/openapi.json"}
    assert {link[1:] for link in page.links if link.startswith("#")} <= set(page.ids)


def test_it_loads_nothing_and_runs_nothing(answer, page):
    assert not page.tags & {"script", "link", "img", "iframe", "object", "embed", "form", "base", "svg"}
    assert page.attributes <= {"id", "class", "lang", "href", "colspan", "charset", "name", "content"}
    style = re.search(r"<style>(.*?)</style>", answer.text, re.S)[1]
    assert "url(" not in style and "@import" not in style
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert answer.headers["Content-Security-Policy"].startswith(f"default-src 'none'; style-src 'sha256-{digest}';")


def test_the_type_of_a_problem_leads_to_the_row_of_its_code(world, page):
    for problem in (requests.get(world.server.url("/v1/accounts/me")).json(), requests.get(world.server.url("/nope")).json()):
        path, row = problem["type"].split("#")
        assert path == "/docs" and row == problem["code"] and row in page.rows
        assert problem["title"] in page.rows[row][3] and problem["detail"] in page.rows[row][4]
