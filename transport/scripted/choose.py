"""Choose the step that answers a request: a pure function of the scenario and the request's facts."""

from __future__ import annotations

from .facts import Facts, Result
from .scenario import Outcome, Provider, Reply, Scenario, ScenarioError, When, Wire


def choose(scenario: Scenario, facts: Facts, provider: Provider, wire: Wire) -> Reply:
    """Return the reply for a request.

    Raises `ScenarioError` where no step fits and the scenario has no `otherwise`.
    """
    for step in scenario.steps:
        if step.when is not None and holds(step.when, facts, provider, wire, scenario):
            return step.reply
    in_turn = [step.reply for step in scenario.steps if step.when is None]
    if facts.turns < len(in_turn):
        return in_turn[facts.turns]
    if scenario.otherwise is not None:
        return scenario.otherwise
    raise ScenarioError(
        f"no step answers a {wire} request of {provider} after {facts.turns} assistant turns: "
        f"the scenario has {len(in_turn)} steps in turn and {len(scenario.steps) - len(in_turn)} with a condition"
    )


def holds(when: When, facts: Facts, provider: Provider, wire: Wire, scenario: Scenario) -> bool:
    """Tell whether everything that the condition names is so."""
    outcomes = [outcome_of(result, scenario) for result in facts.results]
    checks = (
        when.turns is None or when.turns == facts.turns,
        when.text is None or any(when.text in text for text in facts.last_texts),
        when.anywhere is None or any(when.anywhere in text for text in (*facts.all_texts, facts.instructions)),
        when.result is None or any(when.result in result.text for result in facts.results),
        when.outcome is None or when.outcome in outcomes,
        when.has_image is None or when.has_image == facts.has_new_image,
        when.tool is None or when.tool in facts.tools,
        when.model is None or when.model == facts.model,
        when.provider is None or when.provider == provider,
        when.wire is None or when.wire == wire,
    )
    return all(checks)


def outcome_of(result: Result, scenario: Scenario) -> Outcome:
    """Say how a call ended: its first words decide where they are one of the marks, then the wire's flag."""
    opening = result.text.lstrip().lower()
    if opening.startswith(tuple(scenario.outcome_marks.get("unknown", ()))):
        return "unknown"
    if result.is_error is not None:
        return "error" if result.is_error else "ok"
    return "error" if opening.startswith(tuple(scenario.outcome_marks.get("error", ()))) else "ok"
