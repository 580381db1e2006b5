"""The errors that a person may see; each says what happened and what to do.

PostFlowError
├── Refused              the request can't be done as it stands            exit 3
│   ├── InvalidInput     a value breaks a rule
│   ├── NotFound         nothing has that id or name
│   ├── NotAllowed       not signed in, wrong password, role too small
│   ├── Conflict         somebody or something else was first
│   └── LimitReached     the plan ends here
├── Unreachable          something that is needed does not answer          exit 4
│   ├── ClusterUnreachable
│   ├── NetworkUnreachable
│   └── MachineProblem   disk full, folder read-only, program missing
└── Bug                  ours; carries no advice but "tell us"              exit 1
"""

from __future__ import annotations

from typing import ClassVar


class PostFlowError(Exception):
    """Base of all errors that carry a stable code, a sentence and a fix."""

    exit_code: ClassVar[int] = 1
    default_code: ClassVar[str] = "error"

    def __init__(self, message: str, *, code: str | None = None, fix: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.default_code
        self.fix = fix


class Refused(PostFlowError):
    """The request was understood and can't be done as it stands."""

    exit_code = 3
    default_code = "refused"


class InvalidInput(Refused):
    """A value breaks a rule; the message names both."""

    default_code = "invalid"


class NotFound(Refused):
    """Nothing has that id or name in this workspace."""

    default_code = "not_found"


class NotAllowed(Refused):
    """The person is not signed in, not who they claim to be, or may not do this."""

    default_code = "not_allowed"


class Conflict(Refused):
    """Somebody or something else was first; nothing was changed."""

    default_code = "conflict"


class LimitReached(Refused):
    """The organization's plan ends here."""

    default_code = "limit_reached"


class Unreachable(PostFlowError):
    """Something that is needed does not answer; the same request may work later."""

    exit_code = 4
    default_code = "unreachable"


class ClusterUnreachable(Unreachable):
    """The workspace's MongoDB does not answer or does not let us in."""

    default_code = "cluster_unreachable"


class NetworkUnreachable(Unreachable):
    """A social network's server does not answer."""

    default_code = "network_unreachable"


class MachineProblem(Unreachable):
    """This computer lacks something: disk space, a writable folder, a program."""

    default_code = "machine_problem"


class Bug(PostFlowError):
    """A promise of our own code was broken."""

    default_code = "bug"
