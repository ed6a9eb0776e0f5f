"""What of a request its host would refuse, found before it is sent: `check`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final, Literal, TypeAlias

import attrs

from .. import hub
from ..jsonvalue import ABSENT, Absent
from ..packing import has_no_media
from ..web_searches import read_search
from .pictures import picture_size
from .record import SAMPLING_FIELDS, Profile

Remedy: TypeAlias = Literal["leave out", "rename", "downscale", "prune", "change"]


@attrs.frozen(kw_only=True)
class Violation:
    """One thing a host refuses. ``pointer`` is a JSON pointer into the hub record, ``remedy`` what would help."""

    rule: str
    pointer: str
    message: str
    remedy: Remedy = "change"


def check(request: hub.Request, profile: Profile, *, before: hub.Request | None = None) -> tuple[Violation, ...]:
    """Return what the profile's host would refuse of a request; empty where it would take it. Pure and total.

    ``before`` is the request sent before this one in the same conversation: where the host wants history only to grow, what was
    changed of it is found too.
    """
    found = [violation for rule in _RULES for violation in rule(request, profile)]
    if before is not None and profile.append_only:
        found += _edited(request, before, profile)
    return tuple(found)


def _required(request: hub.Request, profile: Profile) -> Iterator[Violation]:
    stored = any(continued.kind == "prompt" for continued in request.continues)  # a stored prompt may name the model
    if not isinstance(request.model, str) and not stored and profile.host in ("anthropic", "openai", "uitars"):
        yield Violation(rule="model", pointer="/model", message="a model must be named")
    if profile.wire == "anthropic" and not isinstance(request.max_output, int):
        yield Violation(
            rule="max_output", pointer="/max_output", message="the Messages API needs a limit of output tokens"
        )
    if not request.turns and not request.continues:
        yield Violation(rule="turns", pointer="/turns", message="a request needs at least one turn")


def _sampling(request: hub.Request, profile: Profile) -> Iterator[Violation]:
    for name in refused_sampling(request, profile):
        if getattr(request.sampling, name) is not None:
            yield Violation(
                rule="sampling",
                pointer=f"/sampling/{name}",
                message=f"{profile.name} refuses {name}",
                remedy="leave out",
            )


def refused_sampling(request: hub.Request, profile: Profile) -> list[str]:
    """Return the sampling parameters of a request that the profile's host refuses beside its effort of reasoning."""
    taken = profile.sampling if _reasons(request, profile) else profile.sampling | profile.sampling_unreasoned
    said = {name: getattr(request.sampling, name) for name in SAMPLING_FIELDS if name not in taken}
    return [
        name
        for name, value in said.items()
        if value is not ABSENT and not (name in profile.sampling_at_one and value is not True and value == 1)
    ]


def _reasons(request: hub.Request, profile: Profile) -> bool:
    effort = request.reasoning.effort if isinstance(request.reasoning, hub.Reasoning) else ABSENT
    return effort != "none" if isinstance(effort, str) else profile.reasons


def refused_choice(choice: hub.ToolChoice | Absent | None, profile: Profile) -> str | None:
    """Return in which way a tool choice is refused: by its mode, or because one of the allowed tools must be called."""
    if not isinstance(choice, hub.ToolChoice):
        return None
    modes = (choice.mode, "required") if choice.required else (choice.mode,)
    return next((mode for mode in modes if mode not in profile.choices), None)


def _choice(request: hub.Request, profile: Profile) -> Iterator[Violation]:
    mode = refused_choice(request.choice, profile)
    if mode is not None:
        message = f"{profile.name} refuses a tool choice of {mode}"
        yield Violation(rule="tool_choice", pointer="/choice", message=message, remedy="leave out")


def _thinking(request: hub.Request, profile: Profile) -> Iterator[Violation]:
    reasoning = request.reasoning
    if profile.thinking is None or not isinstance(reasoning, hub.Reasoning) or not isinstance(reasoning.mode, str):
        return
    if reasoning.mode not in profile.thinking:
        message = f"{profile.name} refuses thinking {reasoning.mode}"
        yield Violation(rule="thinking", pointer="/reasoning/mode", message=message, remedy="leave out")


def _ending(request: hub.Request, profile: Profile) -> Iterator[Violation]:
    if request.turns and request.turns[-1].role == "assistant" and not profile.prefill:
        message = f"{profile.name} refuses a conversation that ends with an assistant turn"
        yield Violation(rule="prefill", pointer=f"/turns/{len(request.turns) - 1}", message=message)


def _names_and_ids(request: hub.Request, profile: Profile) -> Iterator[Violation]:
    if profile.call_ids is not None:
        for pointer, call_id in _call_ids(request):
            if not re.fullmatch(profile.call_ids, call_id):
                message = f"{profile.name} refuses this id of a call: it is not of the form {profile.call_ids}"
                yield Violation(rule="call_id", pointer=pointer, message=message, remedy="rename")
    if profile.tool_names is not None and isinstance(request.tools, tuple):
        for place, tool in enumerate(request.tools):
            name = tool.name if isinstance(tool, hub.Tool) else ABSENT
            if isinstance(name, str) and not re.fullmatch(profile.tool_names, name):
                message = f"{profile.name} refuses this name of a tool: it is not of the form {profile.tool_names}"
                yield Violation(rule="tool_name", pointer=f"/tools/{place}/name", message=message, remedy="rename")


def _call_ids(request: hub.Request) -> Iterator[tuple[str, str]]:
    for number, turn in enumerate(request.turns):
        for place, part in enumerate(turn.parts):
            if isinstance(part, hub.Call):
                yield f"/turns/{number}/parts/{place}/id", part.id
            elif isinstance(part, hub.Result):
                yield f"/turns/{number}/parts/{place}/call_id", part.call_id


def _tool_count(request: hub.Request, profile: Profile) -> Iterator[Violation]:
    count = len(request.tools) if isinstance(request.tools, tuple) else 0
    if profile.tools is not None and count > profile.tools:
        message = f"{count} tools, {profile.name} takes {profile.tools}"
        yield Violation(rule="tool_count", pointer="/tools", message=message)


def _searches(request: hub.Request, profile: Profile) -> Iterator[Violation]:
    if profile.searches or not isinstance(request.tools, tuple):
        return
    for place, tool in enumerate(request.tools):
        if read_search(tool) is not None:
            message = f"{profile.name} refuses a search of the web (web_search_options): the models that search take it"
            yield Violation(rule="search", pointer=f"/tools/{place}", message=message)


def _tools(request: hub.Request, profile: Profile) -> Iterator[Violation]:
    if profile.builtin_tools is None or not isinstance(request.tools, tuple):
        return
    for place, tool in enumerate(request.tools):
        if isinstance(tool, hub.Tool) and tool.builtin is not None and tool.form in ("computer", "browser"):
            name = versioned(tool.builtin)
            if name not in profile.builtin_tools:
                message = f"{profile.name} refuses {name}; it takes {', '.join(sorted(profile.builtin_tools))}"
                yield Violation(rule="tool_version", pointer=f"/tools/{place}", message=message)


def versioned(builtin: hub.Builtin) -> str:
    """Spell a provider's tool with its date, ``computer_20250124``."""
    return builtin.type if builtin.version is ABSENT else f"{builtin.type}_{builtin.version}"


def _images(request: hub.Request, profile: Profile) -> Iterator[Violation]:
    limits = profile.images
    found = list(images_of(request))
    if limits.most is not None and len(found) > limits.most:
        message = f"{len(found)} images, {profile.name} takes {limits.most}"
        yield Violation(rule="image_count", pointer="/turns", message=message, remedy="prune")
    crowded = limits.many is not None and len(found) > limits.many
    side = limits.many_side if crowded else limits.side
    for pointer, image in found:
        source = image.source
        if not isinstance(source, hub.Base64):
            continue
        if source.media_type not in limits.media_types:
            message = f"{profile.name} refuses images of type {source.media_type}"
            yield Violation(rule="image_type", pointer=pointer, message=message)
        if limits.bytes is not None and len(source.data) > limits.bytes:
            message = f"an image of {len(source.data)} bytes of base64, {profile.name} takes {limits.bytes}"
            yield Violation(rule="image_bytes", pointer=pointer, message=message, remedy="downscale")
        size = picture_size(source.data) if side is not None else None
        if size is not None and side is not None and max(size) > side:
            crowd = f" of more than {limits.many} images" if crowded else ""
            message = (
                f"an image of {size[0]}x{size[1]} pixels, {profile.name} takes {side} per side in a request{crowd}"
            )
            yield Violation(rule="image_pixels", pointer=pointer, message=message, remedy="downscale")


def images_of(request: hub.Request) -> Iterator[tuple[str, hub.Media]]:
    """Yield the images of a request with their places, also those in results."""
    for number, turn in enumerate(request.turns):
        for place, part in enumerate(() if has_no_media(turn) else turn.parts):
            yield from _images_in(part, f"/turns/{number}/parts/{place}")


def _images_in(part: hub.Part, pointer: str) -> Iterator[tuple[str, hub.Media]]:
    if isinstance(part, hub.Media) and part.kind == "image":
        yield pointer, part
    elif isinstance(part, hub.Result):
        for place, inner in enumerate(part.parts):
            yield from _images_in(inner, f"{pointer}/parts/{place}")


def _cache_points(request: hub.Request, profile: Profile) -> Iterator[Violation]:
    if profile.cache_points is None:
        return
    count = sum(1 for _ in _marks(request)) + sum(1 for _ in _marked_tools(request.tools))
    if count > profile.cache_points:
        message = f"{count} cache points, {profile.name} takes {profile.cache_points}"
        yield Violation(rule="cache_points", pointer="/turns", message=message, remedy="leave out")


def _body(request: hub.Request, profile: Profile) -> Iterator[Violation]:
    """Count the bytes of texts and media, which are nearly all of a body: more than the limit in them alone is too much."""
    if profile.body_bytes is None:
        return
    instructions = () if request.instructions is ABSENT else (request.instructions,)
    size = sum(_weight(part) for turn in (*instructions, *request.turns) for part in turn.parts)
    if size > profile.body_bytes:
        message = f"texts and media of {size} bytes, {profile.name} takes a body of {profile.body_bytes}"
        yield Violation(rule="body_bytes", pointer="/turns", message=message, remedy="prune")


def _weight(part: hub.Part) -> int:
    match part:
        case hub.Text(text=text) | hub.Refusal(text=text):
            return len(text.encode("utf-8", "surrogatepass")) if not text.isascii() else len(text)
        case hub.Media(source=hub.Base64(data=data)):
            return len(data)
        case hub.Result(parts=parts):
            return sum(map(_weight, parts))
        case _:
            return 0


def _edited(request: hub.Request, before: hub.Request, profile: Profile) -> Iterator[Violation]:
    """Compare with the request before: instructions and tools stay, and its turns are the first of this one's."""
    for name in ("instructions", "tools"):
        if getattr(request, name) != getattr(before, name):
            message = f"{profile.name} refuses that {name} change within a conversation"
            yield Violation(rule="append_only", pointer=f"/{name}", message=message)
    for number, turn in enumerate(before.turns):
        kept = number < len(request.turns) and _goes_on(turn, request.turns[number], number == len(before.turns) - 1)
        if not kept:
            message = f"{profile.name} refuses that what was sent before is edited"
            yield Violation(rule="append_only", pointer=f"/turns/{number}", message=message)
            return


def _goes_on(old: hub.Turn, new: hub.Turn, last: bool) -> bool:
    """Tell whether a turn is what it was, or, the last one, what it was and more. Cache marks may move."""
    was, now = _unmarked(old), _unmarked(new)
    return old.role == new.role and (now[: len(was)] if last else now) == was


def _unmarked(turn: hub.Turn) -> list[hub.Part]:
    return [part for part in turn.parts if not isinstance(part, hub.Mark) or part.kind != "cache"]


def _marks(request: hub.Request) -> Iterator[hub.Mark]:
    instructions = () if request.instructions is ABSENT else (request.instructions,)
    for turn in (*instructions, *request.turns):
        for part in turn.parts:
            each = part.parts if isinstance(part, hub.Result) else (part,)
            yield from (one for one in each if isinstance(one, hub.Mark) and one.kind == "cache")


def _marked_tools(tools: tuple[hub.Tool | hub.Opaque, ...] | Absent | None) -> Iterator[hub.Tool]:
    if isinstance(tools, tuple):
        yield from (
            t for t in tools if isinstance(t, hub.Tool) and t.own is not None and t.own.fields.get("cache_control")
        )


_RULES: Final[tuple[Callable[[hub.Request, Profile], Iterator[Violation]], ...]] = (
    _required, _sampling, _choice, _thinking, _ending, _names_and_ids, _tool_count, _tools, _searches, _images, _cache_points, _body,
)  # fmt: skip
