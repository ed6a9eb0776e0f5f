"""UI-TARS: actions as text inside a chat completion."""
