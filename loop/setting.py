"""What a run has to fit: its model's host, the version of its tools, and the screen of its computer. Found out before anything is asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from attrs import frozen

from polyloop.translate import hub
from polyloop.translate.computer_use.coordinates import Size
from polyloop.translate.jsonvalue import Json
from polyloop.translate.profiles import Profile, profile_for

from . import assembly
from .history import ViewPolicy
from .ports import Clock, Computer, HealthProbe, Observer, ProviderClient, Tool
from .providers import APIProvider
from .tool_groups import ToolGroup, betas_of
from .tools.extraction import ExtractionTool


@frozen(kw_only=True)
class Setting:
    """Where a run takes place."""

    model: str
    wire: str
    profile: Profile | None
    group: ToolGroup
    computer: Computer
    screen: Size
    probe: HealthProbe | None
    unreachable: str | None
    """Why the computer cannot be looked at, where it cannot."""

    def tools(
        self,
        *,
        extraction: ExtractionTool,
        further: Sequence[Tool],
        actions: Mapping[str, Json],
        parameters: Mapping[str, Json] | None,
        settle_seconds: float,
        clock: Clock,
    ) -> dict[str, Tool]:
        """Return the run's tools by name."""
        return assembly.tools_of(
            group=self.group,
            wire=self.wire,
            screen=self.screen,
            computer=self.computer,
            profile=self.profile,
            extraction=extraction,
            further=further,
            actions=actions,
            parameters=parameters or {},
            settle_seconds=settle_seconds,
            clock=clock,
        )

    def template(
        self, instructions: Sequence[str], tools: Mapping[str, Tool], max_tokens: int, *, token_efficient: bool
    ) -> hub.Request:
        """Return everything of the run's requests but their turns."""
        return assembly.template_of(
            model=self.model,
            instructions="\n\n".join(filter(None, instructions)),
            tools=tools,
            max_tokens=max_tokens,
            betas=betas_of(self.group, self.wire, token_efficient),
        )

    def view_policy(self, keep: int | None, chunk: int | None) -> ViewPolicy:
        """Return what of the history the run's requests show."""
        return assembly.view_policy_of(self.wire, keep, chunk, self.profile, self.screen)


async def setting_of(
    client: ProviderClient,
    computer: Computer,
    *,
    provider: APIProvider,
    model: str,
    tool_version: str,
    db: Any,
    session_id: str | None,
    health: HealthProbe | None,
    observer: Observer | None,
    clock: Clock,
) -> Setting:
    """Find out where a run takes place. An observer is told of a tool version that the model's host refuses, and of the one used instead."""
    profile = profile_for(provider.value, model, client.wire)
    probe = assembly.probe_of(health, computer, db, session_id)
    screen, unreachable = await assembly.screen_of(computer, probe)
    return Setting(
        model=model,
        wire=client.wire,
        profile=profile,
        group=assembly.told_group(tool_version, profile, observer, clock),
        computer=computer,
        screen=screen,
        probe=probe,
        unreachable=unreachable,
    )
