"""Let a fault befall an answer: a pure function from the fault-free delivery to the faulty one."""

from __future__ import annotations

import json
from email.utils import formatdate
from math import ceil

from attrs import evolve

from . import streams
from .delivery import Delivery, Hold, Sever, cut, deliver
from .exchange import Answer, Call, failure
from .failures import Failure, bedrock_exception, message_of
from .faults import (
    BreakBody,
    Duplicate,
    Fail,
    FailInStream,
    Fault,
    HangUp,
    HtmlPage,
    MalformedJson,
    Silence,
    Truncate,
    WrongContentType,
)
from .settings import Settings
from .streams import Event, eventstream, failing

_PAGE = (
    "<html>\r\n<head><title>{status} Bad Gateway</title></head>\r\n<body>\r\n<center><h1>{status} Bad Gateway</h1></center>\r\n"
    "<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
)


def inject(fault: Fault, call: Call, answer: Answer, settings: Settings) -> Delivery:
    """Return what is sent when the fault befalls the answer."""
    whole = deliver(answer)
    match fault:
        case HangUp():
            return evolve(whole, before=(Sever(reset=fault.reset),))
        case BreakBody():
            return evolve(whole, acts=(*cut(answer.pieces, fault.after_bytes), Sever(reset=fault.reset)))
        case Fail():
            return deliver(_fail(fault, call, settings))
        case FailInStream():
            return _fail_in_stream(fault, call, answer, whole, settings)
        case Silence():
            return _fall_silent(fault, call, whole, settings)
        case MalformedJson():
            return _malform(call, answer, whole, settings)
        case HtmlPage():
            page = _PAGE.format(status=fault.status).encode()
            return deliver(Answer(status=fault.status, headers=(("content-type", "text/html"),), pieces=(page,)))
        case WrongContentType():
            others = tuple(pair for pair in whole.headers if pair[0] != "content-type")
            return evolve(whole, headers=(("content-type", fault.value), *others))
        case Truncate():
            return evolve(whole, acts=whole.acts[: max(0, len(whole.acts) - fault.events)])
        case Duplicate():
            twice = [
                (act, act) if place % fault.every == 0 else (act,) for place, act in enumerate(whole.acts, start=1)
            ]
            return evolve(whole, acts=tuple(act for acts in twice for act in acts))


def _fail(fault: Fail, call: Call, settings: Settings) -> Answer:
    answer = failure(call.provider, Failure(kind=fault.kind, message=fault.message), call.request_id)
    headers = list(answer.headers)
    if fault.retry_after is not None:
        headers.append(_retry_header(fault.retry_after, fault.retry_form, settings))
    if fault.should_retry is not None:
        headers.append(("x-should-retry", "true" if fault.should_retry else "false"))
    return evolve(answer, headers=tuple(headers))


def _retry_header(seconds: float, form: str, settings: Settings) -> tuple[str, str]:
    match form:
        case "milliseconds":
            return "retry-after-ms", f"{seconds * 1000:.15g}"
        case "date":
            return "retry-after", formatdate(ceil(settings.clock() + seconds), usegmt=True)
        case _:
            return "retry-after", f"{seconds:.15g}"


def _fail_in_stream(fault: FailInStream, call: Call, answer: Answer, whole: Delivery, settings: Settings) -> Delivery:
    failed = Failure(kind=fault.kind, message=fault.message)
    begun = whole.acts[: fault.after_events]
    if call.provider == "bedrock":
        name = bedrock_exception(failed)
        exception = eventstream.exception(name[:1].lower() + name[1:], message_of("bedrock", failed))
        return evolve(whole, acts=(*begun, exception))
    breakdown = failing.Breakdown(
        provider=call.provider,
        failure=failed,
        shape=fault.shape,
        number=len(begun),
        document=answer.document,
        request_id=call.request_id,
    )
    frame = streams.frame_of(call.provider, settings)
    return evolve(whole, acts=(*begun, *(frame(event) for event in failing.events(call.route.wire, breakdown))))


def _fall_silent(fault: Silence, call: Call, whole: Delivery, settings: Settings) -> Delivery:
    ping = None
    if fault.ping_seconds is not None and call.route.wire == "anthropic" and whole.length is None:
        ping = streams.frame_of(call.provider, settings)(Event(name="ping", data={"type": "ping"}))
    hold = Hold(gate=fault.gate, ping=ping, ping_seconds=fault.ping_seconds or 0.0)
    if fault.after_events is None:
        return evolve(whole, before=(hold,))
    begun, rest = whole.acts[: fault.after_events], whole.acts[fault.after_events :]
    return evolve(whole, acts=(*begun, hold, *rest))


def _malform(call: Call, answer: Answer, whole: Delivery, settings: Settings) -> Delivery:
    """Break off the JSON in its middle; of a stream, that of the last event but one, so that its end stays whole."""
    if not answer.events:
        whole_text = b"".join(answer.pieces).decode()
        half = whole_text[: len(whole_text) // 2].encode()
        return evolve(whole, acts=(half,), length=len(half))
    place = max(0, len(answer.events) - 2)
    text = json.dumps(answer.events[place].data, ensure_ascii=False)
    broken = evolve(answer.events[place], word=text[: len(text) // 2])
    acts = list(whole.acts)
    acts[place] = streams.frame_of(call.provider, settings)(broken)
    return evolve(whole, acts=tuple(acts))
