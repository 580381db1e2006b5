"""Alerts on a real session bus: shown, replaced, answered, withdrawn, and nobody there."""

from __future__ import annotations

import logging
import queue
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from postflow_desktop.alerts.system import SystemAlerter
from postflow_desktop.domain.notice import NoticeAction, Urgency
from postflow_desktop.services.ports.alerts import Alert, Alerter
from tests.alerts.service import PATIENCE, NotificationService

DBUS = shutil.which("dbus-daemon")
pytestmark = pytest.mark.skipif(DBUS is None, reason="needs dbus-daemon")

FAILED = Alert(
    key="w1/target:1",
    title="A post did not go out",
    text="Bluesky said: <b>no</b>, 1 < 2 & all.",
    urgency=Urgency.HIGH,
    actions=(NoticeAction.RETRY, NoticeAction.OPEN),
)
Answers = queue.Queue[tuple[str, NoticeAction, str]]


class Recorder:
    """A fallback that remembers."""

    def __init__(self) -> None:
        self.shown: queue.Queue[Alert] = queue.Queue()
        self.withdrawn: list[str] = []

    def show(self, alert: Alert, on_action: Callable[[str, NoticeAction], None]) -> None:
        self.shown.put(alert)

    def withdraw(self, key: str) -> None:
        self.withdrawn.append(key)


@pytest.fixture
def bus(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a session bus that this process is on."""
    command = [str(DBUS), "--session", "--nofork", "--nopidfile", "--print-address=1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as daemon:
        assert daemon.stdout is not None
        address = daemon.stdout.readline().strip()
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        yield address
        daemon.terminate()


@pytest.fixture
def service(bus: str) -> Iterator[NotificationService]:
    made = NotificationService(bus)
    yield made
    made.close()


@pytest.fixture
def fallback() -> Recorder:
    return Recorder()


@pytest.fixture
def make(fallback: Recorder) -> Iterator[Callable[..., SystemAlerter]]:
    made: list[SystemAlerter] = []

    def new(patience_seconds: float = 5.0) -> SystemAlerter:
        made.append(SystemAlerter(fallback, patience_seconds=patience_seconds))
        return made[-1]

    yield new
    for alerter in made:
        alerter.close()


def until_standing(alerter: SystemAlerter, key: str = FAILED.key) -> None:
    """The service answered: before that a button pressed by a machine is too quick for anybody."""
    pause, ends = threading.Event(), time.monotonic() + PATIENCE
    while key not in alerter._standing:
        assert time.monotonic() < ends
        pause.wait(0.01)


def hear(answers: Answers) -> Callable[[str, NoticeAction], None]:
    return lambda key, action: answers.put((key, action, threading.current_thread().name))


def test_it_is_shown_with_its_buttons(
    make: Callable[..., SystemAlerter], service: NotificationService, fallback: Recorder
) -> None:
    make().show(FAILED, hear(queue.Queue()))
    service.until(lambda: len(service.shown) == 1)
    (shown,) = service.shown
    assert shown.title == "A post did not go out"
    assert shown.text == "Bluesky said: \u2039b>no\u2039/b>, 1 < 2 & all."
    assert shown.actions == ("default", "", "retry", "Retry", "open", "Open")
    assert (shown.urgency, shown.expires) == (1, 0)
    assert fallback.shown.empty()


def test_buttons_and_clicks_come_back_with_the_key(
    make: Callable[..., SystemAlerter], service: NotificationService
) -> None:
    alerter, answers = make(), Answers()
    alerter.show(FAILED, hear(answers))
    until_standing(alerter)
    service.press(1, "retry")
    assert answers.get(timeout=PATIENCE) == (FAILED.key, NoticeAction.RETRY, "alerts")
    alerter.show(FAILED, hear(answers))
    until_standing(alerter)
    service.press(2, "default")
    assert answers.get(timeout=PATIENCE) == (FAILED.key, NoticeAction.OPEN, "alerts")


def test_a_later_one_replaces_the_earlier_of_its_key(
    make: Callable[..., SystemAlerter], service: NotificationService
) -> None:
    alerter = make()
    for _ in range(3):
        alerter.show(FAILED, hear(queue.Queue()))
    service.until(lambda: len(service.shown) == 3)
    assert [shown.number for shown in service.standing] == [3]


def test_one_that_the_person_closed_is_replaced_too(
    make: Callable[..., SystemAlerter], service: NotificationService
) -> None:
    alerter, answers = make(), Answers()
    alerter.show(FAILED, hear(answers))
    until_standing(alerter)
    service.dismiss(1)
    alerter.show(FAILED, hear(answers))
    service.until(lambda: len(service.shown) == 2)
    assert answers.empty()


def test_what_is_settled_is_taken_away(
    make: Callable[..., SystemAlerter], service: NotificationService, fallback: Recorder
) -> None:
    alerter = make()
    alerter.show(FAILED, hear(queue.Queue()))
    alerter.withdraw("another")
    alerter.withdraw(FAILED.key)
    alerter.withdraw(FAILED.key)
    service.until(lambda: len(service.shown) == 1 and not service.standing)
    assert fallback.withdrawn == ["another", FAILED.key, FAILED.key]


def test_nothing_stands_after_the_end(
    make: Callable[..., SystemAlerter], service: NotificationService
) -> None:
    alerter = make()
    alerter.show(FAILED, hear(queue.Queue()))
    service.until(lambda: len(service.shown) == 1)
    alerter.close()
    alerter.show(FAILED, hear(queue.Queue()))
    service.until(lambda: not service.standing)
    assert len(service.shown) == 1


def test_a_service_without_buttons_gets_none(bus: str, make: Callable[..., SystemAlerter]) -> None:
    service = NotificationService(bus, capabilities=("body",))
    make().show(FAILED, hear(queue.Queue()))
    service.until(lambda: len(service.shown) == 1)
    assert service.shown[0].actions == ("default", "")
    service.close()


@pytest.mark.parametrize("trouble", ["no bus", "no service", "refused", "hangs"])
def test_what_can_not_be_shown_goes_to_the_fallback(
    trouble: str,
    make: Callable[..., SystemAlerter],
    fallback: Recorder,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    if trouble == "no bus":
        monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
        monkeypatch.delenv("DISPLAY", raising=False)
    elif trouble == "no service":
        request.getfixturevalue("bus")
    else:
        service: NotificationService = request.getfixturevalue("service")
        service.refuses, service.is_silent = trouble == "refused", trouble == "hangs"
    alerter = make(0.3 if trouble == "hangs" else 5.0)
    with caplog.at_level(logging.INFO):
        for _ in range(2):
            alerter.show(FAILED, hear(queue.Queue()))
            assert fallback.shown.get(timeout=PATIENCE) == FAILED
    said = [(record.levelno, record.getMessage()) for record in caplog.records]
    assert said == [(logging.INFO, "The system's notifications can't be used now.")]


def test_a_service_that_comes_later_is_used(
    bus: str, make: Callable[..., SystemAlerter], fallback: Recorder
) -> None:
    alerter = make()
    alerter.show(FAILED, hear(queue.Queue()))
    assert fallback.shown.get(timeout=PATIENCE) == FAILED
    service = NotificationService(bus)
    alerter.show(FAILED, hear(queue.Queue()))
    service.until(lambda: len(service.shown) == 1)
    service.close()
    alerter.show(FAILED, hear(queue.Queue()))
    assert fallback.shown.get(timeout=PATIENCE) == FAILED


def test_without_a_fallback_nothing_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    monkeypatch.delenv("DISPLAY", raising=False)
    checked: Alerter = SystemAlerter()
    checked.show(FAILED, hear(queue.Queue()))
    checked.withdraw(FAILED.key)
    SystemAlerter().close()
    assert isinstance(checked, SystemAlerter)
    checked.close()
