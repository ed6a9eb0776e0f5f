"""The page of a job: all of it is there, points are where the actions were, and nothing in it does anything."""

from __future__ import annotations

import asyncio
import base64
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from attrs import field, frozen, mutable
from hypothesis import example, given
from hypothesis import strategies as st

from polyloop.loop.computers.browser import PLACES
from polyloop.loop.events import Failure, SampleFailed, dump_event
from polyloop.loop.journal import Row, SchemaVersionError
from polyloop.loop.page import Page, images_of, render_page, spoken, story_of
from polyloop.loop.page.index import index_page
from polyloop.loop.page.markup import LONGEST_TEXT
from polyloop.loop.page.story import points_in
from polyloop.loop.ports import ToolOutcome, ToolPolicy
from polyloop.loop.runner import Runner
from polyloop.loop.stores import MemoryStore
from polyloop.loop.testing import FakeClock, RecordingTool, ScriptedApprover, ScriptedModel, call, reply, user
from polyloop.translate import hub
from polyloop.translate.errors import FormatError
from polyloop.translate.loss import Loss

HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(1)>\"'&amp;<!-- {{x}} \x00\ud800"
PICTURE = hub.Media(
    kind="image", source=hub.Base64(media_type="image/png", data=base64.b64encode(b"no picture at all").decode())
)
ELEMENTS = frozenset(
    [
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "a",
        "header",
        "p",
        "span",
        "h1",
        "h2",
        "h3",
        "h4",
        "dl",
        "div",
        "dt",
        "dd",
        "section",
        "pre",
        "code",
        "nav",
        "ol",
        "li",
        "b",
        "main",
        "article",
        "figure",
        "button",
        "img",
        "svg",
        "g",
        "circle",
        "polyline",
        "text",
        "figcaption",
        "details",
        "summary",
        "em",
        "strong",
        "footer",
        "kbd",
        "noscript",
        "script",
        "table",
        "caption",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
    ]
)


@mutable
class Seen(HTMLParser):
    """What a browser would make of the page."""

    elements: list[tuple[str, dict[str, str | None]]] = field(factory=list)
    text: str = ""

    def __attrs_post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str, **wanted: str) -> list[dict[str, str | None]]:
        return [
            attributes
            for name, attributes in self.elements
            if name == tag
            and all(attributes.get(key.rstrip("_").replace("_", "-")) == value for key, value in wanted.items())
        ]


def seen(page: str) -> Seen:
    parser = Seen()
    parser.feed(page)
    parser.close()
    return parser


@frozen(kw_only=True)
class Job:
    rows: tuple[Row, ...]
    images: dict[str, tuple[bytes, str]]

    @property
    def page(self) -> str:
        return render_page(self.rows, self.images, job="job")


def job_of(
    *replies: hub.Response,
    tools: tuple[RecordingTool, ...] = (),
    task: str = "the task",
    name: str = "job",
    **fields: Any,
) -> Job:
    async def run() -> Job:
        store = MemoryStore()
        model = ScriptedModel(script=list(replies))
        runner = Runner(
            job=name, client=model, store=store, template=hub.Request(model="m"), tools={tool.name: tool for tool in tools},
            clock=FakeClock(), **fields,
        )  # fmt: skip
        await runner.run((user(task),))
        rows = await store.rows(name)
        images = {digest: await store.image(digest) for digest in images_of(story_of(rows, name))}
        return Job(rows=rows, images=images)

    return asyncio.run(run())


def test_what_anybody_said_is_shown_and_does_nothing() -> None:
    @given(st.text(max_size=60))
    @example(HOSTILE)
    def law(text: str) -> None:
        tool = RecordingTool(name="lookup", policy=ToolPolicy(approval=True))
        tool.outcomes = [ToolOutcome(parts=(hub.Text(text=text),), outcome="error")]
        asked = call("c1", "lookup", {"query": text, text: 1})
        job = job_of(reply(hub.Text(text=text), hub.Thinking(text=text), asked), reply(hub.Text(text=text)), tools=(tool,),
            task=text, name=text, approver=ScriptedApprover(answers=[True]))  # fmt: skip
        about = Page(
            facts=((text, text),),
            losses=(Loss(text, "dropped", text, text, text),),
            wire=text or "wire",
            result={text: text},
        )
        page = seen(render_page(job.rows, job.images, job=text, about=about))
        assert {tag for tag, _ in page.elements} <= ELEMENTS
        assert not [key for _, attributes in page.elements for key in attributes if key.startswith("on")]
        assert len(page.all("script")) == 1
        page.text.encode("utf-8")

    law()


def test_every_text_of_a_job_is_on_its_page() -> None:
    tool = RecordingTool(name="lookup", outcomes=[ToolOutcome(parts=(hub.Text(text="found <it>"),), outcome="ok")])
    job = job_of(
        reply(hub.Text(text="I look & see"), call("c1", "lookup", {"query": "a<b"})),
        reply(hub.Text(text="the end")),
        tools=(tool,),
    )
    text = seen(job.page).text
    for said in (
        "the task",
        "I look & see",
        '"query": "a<b"',
        "found <it>",
        "the end",
        "completed",
        "tokens not said",
        "unpriced",
    ):
        assert said in text


def test_a_text_longer_than_anybody_reads_is_cut_and_says_so() -> None:
    text = seen(job_of(reply(hub.Text(text="x" * (LONGEST_TEXT + 5)))).page).text
    assert "x" * LONGEST_TEXT in text
    assert "5 characters more" in text


def test_a_failure_a_pause_and_the_way_on_are_told() -> None:
    job = job_of(reply(hub.Text(text="half")))
    failed = Row(
        kind="happened",
        key="1.sample",
        data=dump_event(SampleFailed(at=3.0, failure=Failure(kind="overloaded", message="no room", status=529))),
    )
    rows = (*[row for row in job.rows if row.kind != "happened"], failed)
    text = seen(render_page(rows, {}, job="job")).text
    assert "overloaded, status 529: no room" in text
    assert "failed: no room" in text


def test_a_picture_that_is_not_stored_is_told_to_be_missing() -> None:
    tool = RecordingTool(name="look", outcomes=[ToolOutcome(parts=(PICTURE,))])
    job = job_of(reply(call("c1", "look", {})), reply(hub.Text(text="end")), tools=(tool,))
    assert len(job.images) == 1
    assert "is not stored." not in seen(job.page).text
    (digest,) = job.images
    assert f"The picture {digest[:12]}... is not stored." in seen(render_page(job.rows, {}, job="job")).text


def test_rows_that_cannot_be_read_are_an_error() -> None:
    with pytest.raises(SchemaVersionError):
        render_page([Row(kind="event", key="", data={"schema": 99, "event": "Started"})], {}, job="job")
    with pytest.raises((FormatError, SchemaVersionError)):
        render_page([Row(kind="event", key="", data={"schema": 1, "event": "Started", "turns": 3})], {}, job="job")
    assert "not finished" in render_page((), {}, job="job")


def test_an_index_links_its_pages() -> None:
    page = seen(index_page("demo", HOSTILE, ("name",), [("a/page.html", (HOSTILE,))]))
    assert page.all("a", href="a/page.html")
    assert not page.all("script", src="x")


def test_points_are_read_from_stored_actions() -> None:
    assert points_in({"at": {"is": "ScreenPoint", "x": 1, "y": 2}}) == ((1, 2),)
    assert points_in({"path": [{"x": 1, "y": 2}, {"x": 3, "y": 4}]}) == ((1, 2), (3, 4))
    assert points_in({"text": "x"}) == points_in({"at": None}) == ()


# The demo's run, which has screenshots.


@pytest.fixture(scope="module")
def demo() -> Any:
    pytest.importorskip("PIL", reason="drawing the desktop needs Pillow")
    pytest.importorskip("openai", reason="the demo's client needs the SDK")
    from polyloop.loop.demo import run_provider, script
    from polyloop.transport.scripted import ScriptedProvider

    async def run() -> Any:
        async with ScriptedProvider(script()) as server:
            return await run_provider("openai", server, lambda action: None, None)

    return asyncio.run(run())


def test_each_action_is_drawn_where_it_was_done(demo: Any) -> None:
    """The points on the page are those of the script, in its order."""
    from polyloop.loop.demo import script
    from polyloop.transport.scripted import ComputerAction

    asked = [
        part.input["coordinate"]
        for step in script().steps
        for part in step.reply.parts
        if isinstance(part, ComputerAction) and part.action in ("left_click", "scroll")
    ]
    points = seen(demo.page).all("circle", class_="point")
    assert [[int(point["data-x"] or ""), int(point["data-y"] or "")] for point in points] == asked
    assert [[int(point["cx"] or ""), int(point["cy"] or "")] for point in points] == asked
    assert {svg["viewBox".lower()] for svg in seen(demo.page).all("svg")} == {"0 0 1024 768"}


def test_a_picture_stands_in_the_page_once_and_is_the_one_stored(demo: Any) -> None:
    shown = [image["data-image"] for image in seen(demo.page).all("img")]
    stored = re.findall(r'<script type="image/png" id="image-([0-9a-f]{64})">([^<]*)<', demo.page)
    assert set(shown) == {digest for digest, _ in stored}
    assert len(stored) == len({digest for digest, _ in stored})
    assert all(base64.b64decode(data).startswith(b"\x89PNG") for _, data in stored)


def test_the_page_names_no_address_and_its_policy_forbids_all(demo: Any) -> None:
    page = seen(demo.page)
    policy = next(meta["content"] or "" for meta in page.all("meta") if meta.get("http-equiv"))
    assert policy.startswith("default-src 'none'; img-src data:;")
    assert "unsafe" not in policy
    assert all((link["href"] or "").startswith("#") for link in page.all("a"))
    assert not [attributes for _, attributes in page.elements if "src" in attributes]


def test_the_losses_are_those_of_the_providers_wire(demo: Any) -> None:
    assert f"{demo.losses} on openai-chat" in seen(demo.page).text
    assert spoken((), "anthropic") is None
    loss = Loss("/messages/0", "dropped", {"a": 1}, None, "no place for it")
    about = Page(wire="openai-chat", losses=(loss,) * 501)
    text = seen(render_page((), {}, job="job", about=about)).text
    assert text.count("no place for it") == 500
    assert "1 more are not listed." in text


def test_a_browser_shows_it_without_an_error_or_a_request(demo: Any, tmp_path: Path) -> None:
    api = pytest.importorskip("playwright.sync_api", reason="a browser needs Playwright: install polyloop[browser]")
    browser_path = next((place for place in PLACES if Path(place).exists()), None)
    if browser_path is None:
        pytest.skip("no Chromium or Chrome (apt-get install chromium)")
    file = tmp_path / "page.html"
    file.write_text(demo.page, encoding="utf-8")
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        problems: list[str] = []
        requests: list[str] = []
        page.on("console", lambda message: problems.append(message.text))
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("request", lambda request: requests.append(request.url))
        page.goto(file.as_uri())
        last = page.locator("img").last
        assert last.get_attribute("src") is None, "pictures far away are not decoded yet"
        last.scroll_into_view_if_needed()
        page.wait_for_function("image => image.complete && image.naturalWidth === 1024", arg=last.element_handle())
        ring = page.locator("circle.point").first.bounding_box()
        frame = page.locator(".picture").filter(has=page.locator("circle.point")).first.bounding_box()
        assert abs((ring["x"] + ring["width"] / 2 - frame["x"]) / frame["width"] - 320 / 1024) < 0.01
        page.keyboard.press("g")
        page.keyboard.press("j")
        assert page.evaluate("document.activeElement.id") == "step-2"
        page.set_viewport_size({"width": 400, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= 400
        browser.close()
    assert problems == []
    assert {url.split(":")[0] for url in requests} <= {"file", "data"}
    assert [url for url in requests if url.startswith("file:")] == [file.as_uri()]
