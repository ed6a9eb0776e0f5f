"""A client whose exchanges are told of, also where it cannot tell of them itself."""

from __future__ import annotations

from typing import Any

from attrs import frozen

from polyloop.translate import hub
from polyloop.translate.errors import WriteError
from polyloop.translate.translation import adapt
from polyloop.translate.wires import WIRES, write

from .plain import dump
from .ports import Exchange, ExchangeListener, ProviderClient


def observed(client: ProviderClient, listener: ExchangeListener) -> ProviderClient:
    """Return a view of a client that tells of its exchanges.

    A client that is an `ExchangeSource` tells what went over the wire. Of any other the documents are told that its wire says the
    request and the reply in; of a wire unknown here, or of a record that wire cannot say, the neutral record as plain JSON.
    """
    source = getattr(type(client), "observed_by", None)
    if source is not None:
        view: ProviderClient = client.observed_by(listener)  # type: ignore[attr-defined]
        return view
    return Observed(client=client, listener=listener)


@frozen(kw_only=True)
class Observed:
    """A client around another."""

    client: ProviderClient
    listener: ExchangeListener

    @property
    def provider(self) -> str:
        """The client's provider."""
        return self.client.provider

    @property
    def wire(self) -> str:
        """The client's wire."""
        return self.client.wire

    async def create_message(self, request: hub.Request) -> hub.Response:
        """Ask the client, and tell of it."""
        asked = {"body": self._document(request)}
        try:
            response = await self.client.create_message(request)
        except Exception as error:
            self.listener(Exchange(request=asked, response=None, error=error))
            raise
        self.listener(Exchange(request=asked, response={"body": self._document(response)}))
        return response

    def _document(self, record: hub.Request | hub.Response) -> Any:
        if self.wire not in WIRES:
            return dump(record)
        try:
            return write(self.wire, adapt(record, self.wire))
        except WriteError:  # telling of an exchange must not fail it
            return dump(record)

    async def aclose(self) -> None:
        """Close the client."""
        await self.client.aclose()
