from collections.abc import Iterator

class ParserError(Exception): ...

class InvalidHeadersLength(ParserError):
    def __init__(self, length: int) -> None: ...

class InvalidPayloadLength(ParserError):
    def __init__(self, length: int) -> None: ...

class ChecksumMismatch(ParserError):
    def __init__(self, expected: int, calculated: int) -> None: ...

class MessagePrelude:
    def __init__(self, total_length: int, headers_length: int, crc: int) -> None: ...

class EventStreamMessage:
    headers: dict[str, str | bytes | bool | int]
    payload: bytes
    def __init__(
        self, prelude: MessagePrelude, headers: dict[str, str | bytes | bool | int], payload: bytes, crc: int
    ) -> None: ...

class EventStreamBuffer:
    def __init__(self) -> None: ...
    def add_data(self, data: bytes) -> None: ...
    def __iter__(self) -> Iterator[EventStreamMessage]:
        """Yield the whole messages so far. Raises `ParserError` at a wrong length or checksum."""
