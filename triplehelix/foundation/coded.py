"""Errors that are told to people and told apart by programs."""


class Coded(Exception):
    """`code` is stable and named where the error is declared; `message` is Chinese and says what to do."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
