"""Reading the command line: the grammar's base, with errors as scripts expect them."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any, ClassVar, NoReturn

from postflow_desktop.domain.errors import PostFlowError


class WrongUsage(PostFlowError):
    """The command line can't be read."""

    exit_code: ClassVar[int] = 2
    default_code: ClassVar[str] = "usage"


class HelpShown(Exception):
    """Help or the version was asked for; it is the message."""


class Parser(argparse.ArgumentParser):
    """An argument parser that raises instead of leaving."""

    def __init__(self, *args: Any, **options: Any) -> None:
        options.setdefault("allow_abbrev", False)
        super().__init__(*args, **options)

    def error(self, message: str) -> NoReturn:
        """Wrong usage."""
        raise WrongUsage(
            f"{self.prog}: {message}.".replace("..", "."), fix=f"See `{self.prog} --help`."
        )

    def exit(self, status: int = 0, message: str | None = None) -> NoReturn:
        """Argparse ends here where it can't go on."""
        del status
        raise WrongUsage(message or "wrong usage", fix=f"See `{self.prog} --help`.")

    def _print_message(self, message: str, file: object = None) -> None:
        """Argparse prints help and version here; what is shown is the caller's business."""
        del file
        raise HelpShown(message.rstrip())


class MediaAction(argparse.Action):
    """`--media FILE`: begins a media item."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: str | Sequence[Any] | None,
        option_string: str | None = None,
    ) -> None:
        """Add the file without a description."""
        del parser, option_string
        namespace.media = [*(namespace.media or []), (values, {})]


class AboutMediaAction(argparse.Action):
    """`--alt TEXT`, `--title TEXT`: belongs to the `--media` before it."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: str | Sequence[Any] | None,
        option_string: str | None = None,
    ) -> None:
        """Say something about the last media item."""
        del option_string
        if not namespace.media:
            parser.error(f"--{self.dest} stands before any --media")
        file, known = namespace.media[-1]
        if self.dest in known:
            parser.error(f"{file} has two --{self.dest}")
        namespace.media = [*namespace.media[:-1], (file, {**known, self.dest: values})]


def take_flag(argv: Sequence[str], flag: str) -> tuple[list[str], bool]:
    """The arguments without a flag that may stand anywhere, after `--` too."""
    return [argument for argument in argv if argument != flag], flag in argv
