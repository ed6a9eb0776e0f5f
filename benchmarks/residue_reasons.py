"""Why no other wire could state what remains of the residue: a reason for each field, printed beside it by `benchmarks.corpus`.

A field is a record of the hub, where it keeps the own wire's words, and the key there (`tallies.residue_of`). What another wire can say
is no reason: it becomes a neutral field. Two kinds of rows are not of the published schemas at all, and the ruler cannot see that, for it
knows the keys of a schema and not of its records: keys that vendors take from another record, and values of a type that no record has.

Source: the records in ``reference/schemas`` of all wires, gone through on 2026-11-24.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_ITS_TOOL: Final = (
    "which of Anthropic's own tools spoke, and how: no other provider has an advisor or a text editor of its own"
)
_BEGAN: Final = "which lines of a file Anthropic's own text editor shows: no other provider runs one"
_ELSEWHERE: Final = "not published for this record, which takes it from another: "
_NO_RECORD: Final = "a value of a type that no record has, answered by an error or by a vendor: "
_VENDORS_CALL: Final = "a vendor's form of a code interpreter's call, with the keys of a function's"
_SEARCHER: Final = (
    "who searches for tools: elsewhere a search of the caller's own is a function like any other, and says so itself"
)
_ITEM: Final = "an id of the item beside that of the call in it: elsewhere a call has one"

REASONS: Final[Mapping[str, Mapping[str, str]]] = {
    "anthropic": {
        "Tool.own eager_input_streaming": "arguments are streamed as they are sampled or not at all on the other wires: nobody is asked",
        "Media.own context": "what is told of a document and not cited: elsewhere a file has a name and nothing else to be said of it",
        "Media.own citations": "whether a document is to be cited: the other wires cite no documents of a request",
        "Request.own context_management": "edits of tool results, and of the thinking of so many turns: the other wires say of all or of the current one",
        "Response.own container": "when a container is gone: no other wire says",
        "Said.own type": _ITS_TOOL,
        "Said.own stop_reason": "why Anthropic's advisor stopped: no other provider has one",
        "Said.own file_type": _BEGAN,
        "Said.own num_lines": _BEGAN,
        "Said.own start_line": _BEGAN,
        "Said.own total_lines": _BEGAN,
        "Said.own is_file_update": "whether Anthropic's own text editor made a file anew: no other provider runs one",
    },
    "openai-chat": {
        "Tool.own function": _ELSEWHERE + "what clients write into a function for themselves",
        "Tool.own name": _ELSEWHERE + "a client's name beside the function that has it",
        "Request.own usage": _ELSEWHERE + "OpenRouter's wish for what a reply cost",
        "Request.own search_context_size": _ELSEWHERE
        + "Perplexity's, whose models search without being offered a search",
        "Request.own grammar": _ELSEWHERE
        + "llama.cpp's grammar of a whole answer; elsewhere grammars bind calls of custom tools",
        "Request.own logprobs": _NO_RECORD + "a number where the wire has a yes or no",
        "Request.own temperature": _NO_RECORD + "a word where the wire has a number",
        "Request.own prediction": "what of the answer is known already: no other wire takes a guess",
        "Call.own index": _ELSEWHERE + "a number that is not the call's place among those of its message",
        "Call.own custom": _ELSEWHERE + "an empty custom call that a vendor leaves beside a function's",
        "Opaque": _NO_RECORD + "messages where the parts of one belong",
        "Response.own system_fingerprint": "which build of a server answered: no other wire says",
        "Candidate.own delta": _ELSEWHERE + "a chunk's piece beside the whole message",
        "Candidate.own seed": _ELSEWHERE + "Together's seed of one answer",
        "Media.own audio": "under which id, and until when, a spoken answer is stored: no other wire speaks",
        "Citation.own url_citation": _ELSEWHERE + "OpenRouter's excerpt of the page, which is not what was cited of it",
    },
    "openai-responses": {
        "Reasoning.own mode": "whether a model thinks in several strands (standard, pro): no other provider offers it",
        "Request.own background": "that a reply is fetched later: the other wires answer at once, or in batches of their own form",
        "Request.own truncation": "that items are left out where a request is too long: the other wires refuse it, or sum it up",
        "Request.own max_tool_calls": "how many calls the provider's tools may make together: Anthropic limits each of its tools",
        "Tool.own annotations": "what an MCP server says of its tools beside their schemas: a listing of the Messages API has no place for it",
        "ServerCall.own execution": _SEARCHER,
        "ServerResult.own execution": _SEARCHER,
        "ServerCall.own id": _ITEM,
        "ServerResult.own id": _ITEM,
        "ServerCall.own container_id": "in which container each program ran: the Messages API says one for a whole reply",
        "ServerCall.own environment": "in which container each command ran: the Messages API says one for a whole reply",
        "ServerCall.own approval_request_id": "by which answer of a person's a call was let through: no other wire asks anybody",
        "ServerCall.own fingerprint": "OpenAI's mark of a program, without which it does not go on: no other wire has programs as items",
        "ServerCall.own arguments": _VENDORS_CALL,
        "ServerCall.own call_id": _VENDORS_CALL,
        "ServerCall.own name": _VENDORS_CALL,
        "ServerCall.document": "a vendor's form of a search's call, which nobody documents",
        "Failed.own code": "the number of an MCP server's or its host's error beside the kind: the Messages API has words alone",
        "Seam.own role": "that the user speaks in a reply, which a compacted conversation repeats: no other wire's replies do",
        "Response.own object": "that a reply is a compacted or a deleted one: no other wire has such",
        "Response.own status": "a word for how far a reply got that is not published, or says the same as another",
        "Response.own instructions": "instructions of several items, which a stored prompt gives and no request says: no other wire's reply repeats any",
        "Response.own reasoning": _ELSEWHERE + "a vendor's thoughts where the settings of thinking are said",
        "Response.own total_tokens": _ELSEWHERE + "a vendor's sum beside the usage that has it",
        "Thinking.own format": _ELSEWHERE + "OpenRouter's word for who sealed it",
    },
}
"""Wire -> field -> why no other wire could state it."""
