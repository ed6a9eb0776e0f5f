"""One step of a job as HTML: what the model said, what it called, what came of it, and where."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from polyloop.translate import hub
from polyloop.translate.jsonvalue import ABSENT, Json, JsonObject

from ..media import digest_of
from ..plain import dump
from .figures import Gallery
from .markup import element, escape, json_text, words
from .story import Act, CallStory, Note, Step
from .usage import amounts_of, cost_text

NOTES: Final = {
    "told": "The user",
    "resumed": "Resumed",
    "imported": "Taken over",
    "failed": "No reply",
    "paused": "Paused",
    "cancelled": "Cancelled",
    "unhealthy": "The computer does not answer",
}


def note(entry: Note, gallery: Gallery, offset: float) -> str:
    """Return something that happened beside the steps."""
    title = element("h3", escape(NOTES[entry.kind]) + element("span", escape(clock(entry.at, offset)), class_="when"))
    text = element("p", words(entry.text), class_="words") if entry.text else ""
    parts = "".join(part(each, gallery) for each in entry.parts)
    return element("section", title, text, parts, class_=f"note {entry.kind}")


def step(entry: Step, gallery: Gallery, offset: float) -> str:
    """Return one reply of the model with its calls."""
    heading = element(
        "h3",
        element("a", escape(f"Step {entry.number}"), href=f"#step-{entry.number}"),
        element("span", escape(summary(entry)), class_="what"),
        element("span", escape(clock(entry.at, offset)), class_="when"),
    )
    said = "" if entry.turn is None else "".join(part(each, gallery) for each in entry.turn.parts)
    calls = "".join(_call(call, gallery) for call in entry.calls)
    acts = [act for call in entry.calls for act in call.acts]
    column = element("div", said, calls, _spent(entry), class_="said")
    caption = "What the model saw, and where it acted" if any(act.points for act in acts) else "What the model saw"
    picture = gallery.figure(entry.saw, caption, acts) if entry.saw is not None else ""
    return element(
        "article", heading, element("div", column, picture, class_="columns"), id=f"step-{entry.number}", tabindex=-1
    )


def summary(entry: Step) -> str:
    """Name what a step did, in a few words."""
    names: list[str] = []
    for call in entry.calls:
        names += [act_text(act) for act in call.acts] or [_call_name(call.call)]
    if not names:
        names = ["answers" if entry.turn is not None and entry.turn.parts else "says nothing"]
    return names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more"


def act_text(act: Act) -> str:
    """Say an action in a line: its name, where, and what is typed or pressed."""
    said = _words_of(act.name)
    if act.points:
        said += " at " if len(act.points) == 1 else " "
        said += " to ".join(f"({x}, {y})" for x, y in act.points)
    document = act.document
    if isinstance(document.get("text"), str):
        said += f" {_cut(document['text'])!r}"
    for keys in document.get("chords") or ():
        said += " " + "+".join(map(str, keys))
    if isinstance(document.get("url"), str):
        said += f" {_cut(document['url'])}"
    return said


def _words_of(name: str) -> str:
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name).strip()


def _cut(text: str, length: int = 60) -> str:
    return text if len(text) <= length else text[:length] + "..."


def _call_name(call: hub.Call) -> str:
    arguments = call.arguments.value
    if isinstance(arguments, Mapping) and isinstance(arguments.get("action"), str):
        return str(arguments["action"]).replace("_", " ")
    if isinstance(call.actions, tuple) and call.actions:
        return ", ".join(_words_of(type(action).__name__) for action in call.actions)
    return call.name


def part(each: hub.Part, gallery: Gallery) -> str:
    """Return a part of a turn or of a result."""
    match each:
        case hub.Text(text=text):
            return element("p", words(text), class_="words")
        case hub.Refusal(text=text):
            return element("p", element("strong", "Refused: "), words(text), class_="words")
        case hub.Thinking():
            text = each.text if each.text is not ABSENT else "\n".join(each.summary)
            inner = element("p", words(str(text) or "(kept by the provider)"), class_="words")
            return element("details", element("summary", "Thinking"), inner)
        case hub.Media():
            digest = digest_of(each)
            return "" if digest is None else gallery.figure(digest, "A picture")
        case hub.Call():
            return ""  # shown with its result
        case _:
            return element("details", element("summary", escape(type(each).__name__)), _code(dump(each)))


def _call(story: CallStory, gallery: Gallery) -> str:
    outcome = "unfinished" if story.outcome is None else story.outcome.outcome
    badge = element("span", escape(outcome.replace("_", " ")), class_=f"badge {outcome}")
    title = element("h4", element("code", escape(story.call.name)), " ", badge)
    acts = "".join(
        element("li", element("span", escape(act_text(act))), _complaint(act), class_=act.outcome or "unfinished")
        for act in story.acts
    )
    listed = element("ol", acts, class_="acts") if acts else ""
    asked = element("details", element("summary", "Arguments"), _code(_arguments(story.call)))
    decided = _decision(story)
    results = "" if story.outcome is None else "".join(_result(each, gallery) for each in story.outcome.parts)
    return element("section", title, listed, decided, asked, results, class_="call")


def _complaint(act: Act) -> str:
    return element("em", escape(f" {act.text}")) if act.text else ""


def _decision(story: CallStory) -> str:
    decision = story.decision
    if decision is None:
        return ""
    who = f" by {decision.by}" if decision.by else ""
    why = f": {decision.reason}" if decision.reason else ""
    return element("p", escape(f"{'Allowed' if decision.approve else 'Denied'}{who}{why}"), class_="decision")


def _result(each: hub.Part, gallery: Gallery) -> str:
    """Return a part of a result. A screenshot is shown where the model acts on it: in the next step."""
    return "" if digest_of(each) is not None else part(each, gallery)


def _arguments(call: hub.Call) -> Json:
    if call.arguments.value is not ABSENT:
        return call.arguments.value
    if isinstance(call.actions, tuple):
        return [{"action": type(action).__name__, **dump(action)} for action in call.actions]
    return None if call.arguments.text is ABSENT else call.arguments.text


def _code(document: Json | JsonObject) -> str:
    return element("pre", element("code", words(json_text(document))), tabindex=0)


def _spent(entry: Step) -> str:
    stop = entry.response.candidates[0].stop if entry.response.candidates else None
    facts = [f"{name} {number}" for name, number in amounts_of(entry.response.usage)] or ["tokens not said"]
    facts.append(cost_text(entry.cost))
    if entry.asked_at is not None:
        facts.append(f"{max(0.0, entry.at - entry.asked_at):.1f} s")
    if stop is not None:
        facts.append(f"stop: {getattr(stop, 'raw', stop)}")
    return element("p", escape(" · ".join(facts)), class_="spent")


def clock(at: float, start: float) -> str:
    """Return a time as minutes and seconds since the job began."""
    seconds = max(0, round(at - start))
    return (
        f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
        if seconds >= 3600
        else (f"{seconds // 60}:{seconds % 60:02}")
    )
