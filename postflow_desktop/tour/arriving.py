"""Getting in and out: the welcome page's forms, accounts, signing out."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt

from postflow_desktop.bootstrap.sandbox import connect_sandbox_account
from postflow_desktop.domain.errors import PostFlowError
from postflow_desktop.domain.network import Network
from postflow_desktop.services.ports.organizations import OrganizationSettings
from postflow_desktop.services.ports.replica import AccountRow
from postflow_desktop.tour.desk import Desk
from postflow_desktop.tour.hands import (
    answer,
    bring_to_front,
    click,
    press,
    retype,
    type_text,
    visible_child,
)
from postflow_desktop.tour.steps import NotObserved, observe
from postflow_desktop.tour.waiting import wait_until
from postflow_desktop.ui.accounts.connecting import ConnectDialog
from postflow_desktop.ui.welcome.forms import Form

ORGANIZATION = "Corner Bakery"
HANDLE = "bakery.test"
HANDLE_ON_X = "cornerbakery"
_WORKSPACE = "Bakery"
_APP_PASSWORD = "sand-boxe-only-pass"  # noqa: S105 - the sandbox takes any


def create_workspace(desk: Desk, email: str, password: str) -> str:
    """Make a workspace with a person by the form on the welcome page; the recovery code."""
    welcome = desk.screens.welcome_view
    click(welcome.start.new.button)
    form = welcome.create_form
    _fill(
        form,
        {
            "workspace": _WORKSPACE,
            "organization": ORGANIZATION,
            "name": "Ana",
            "email": email,
            "password": password,
            "again": password,
        },
    )
    model = desk.screens.welcome
    wait_until(lambda: model.recovery_code or _wrong(form), "no recovery code came")
    observe(bool(model.recovery_code), f"The form says: {_wrong(form)}")
    code = model.recovery_code
    shown = welcome.code.code.text().replace("\n", "-")
    observe(shown == code, "The page shows another recovery code than was made.")
    click(welcome.code.mark)
    click(welcome.code.go_on)
    _wait_inside(desk)
    made = desk.seat().organization.name
    observe(made == ORGANIZATION, f"The organization is called '{made}' in the cluster.")
    return code


def sign_in(desk: Desk, address: str, email: str, password: str, recovery: str) -> None:
    """Sign in to a workspace at an address, on a machine that has never seen it."""
    welcome = desk.screens.welcome_view
    click(welcome.start.sign_in.button)
    form = welcome.sign_in_form
    _fill(form, {"uri": address, "email": email, "password": password, "recovery": recovery})
    backend = desk.screens.backend
    wait_until(lambda: backend.place() is not None or _wrong(form), "nobody was signed in")
    observe(backend.place() is not None, f"The form says: {_wrong(form)}")
    _wait_inside(desk)


def allow_short_notice(desk: Desk) -> None:
    """Let posts be planned seconds ahead, by the service that the command line uses."""
    seat = desk.seat()
    settings = OrganizationSettings(min_lead_minutes=0)
    made = seat.workspace.organizations.change_settings(seat.member, settings)
    observe(made.settings.min_lead_minutes == 0, "The cluster has another lead.")


def hear_of_short_notice(desk: Desk) -> None:
    """A window that connects learns what others have changed."""

    def known() -> bool:
        place = desk.screens.backend.place()
        return place is not None and place.min_lead_minutes == 0

    wait_until(known, "the window did not hear of the organization's new setting")


def connect_bluesky(desk: Desk, service: str) -> AccountRow:
    """Connect an account by the dialog on the accounts screen."""
    go_to(desk, "accounts", "GA")
    view = desk.screens.accounts_view
    click(view.connect_button)
    network = wait_until(lambda: visible_child(view, "network-bluesky"), "no network to choose")
    click(network)
    dialog = wait_until(lambda: visible_child(view, "connect-dialog"), "no dialog opened")
    if not isinstance(dialog, ConnectDialog):
        raise NotObserved("Another dialog opened.")
    answers: list[object] = []
    desk.screens.accounts.connected.connect(lambda row, _: answers.append(row))
    desk.screens.accounts.connect_failed.connect(answers.append)
    type_text(dialog.handle.edit, HANDLE)
    type_text(dialog.secret.edit, _APP_PASSWORD)
    click(dialog.advanced)
    type_text(dialog.service.edit, service)
    press(dialog.service.edit, Qt.Key.Key_Return)
    wait_until(lambda: bool(answers), "the network did not answer")
    if isinstance(answers[0], PostFlowError):
        raise NotObserved(f"The dialog says: {dialog.problem.text()}")
    wait_until(lambda: visible_child(view, "connect-dialog") is None, "the dialog stayed open")
    return _listed(desk, Network.BLUESKY)


def connect_x(desk: Desk, service: str) -> AccountRow:
    """Connect an account on X by the services: its sign-in needs a browser."""
    connect_sandbox_account(desk.seat(), service, Network.X, HANDLE_ON_X)
    return _listed(desk, Network.X)


def check_account(desk: Desk, account_id: str) -> None:
    """Ask the network by the button on the account's card whether the account works here."""
    go_to(desk, "accounts", "GA")
    view, model = desk.screens.accounts_view, desk.screens.accounts
    button = wait_until(
        lambda: visible_child(view, f"check-{account_id}"), "the account's card did not come"
    )
    click(button)
    words, kind = wait_until(lambda: model.notes.get(account_id), "the network was not asked")
    observe(kind == "success", f"The card says: {words}")


def sign_out(desk: Desk) -> None:
    """Sign out on the settings screen; the keys are gone from this machine."""
    go_to(desk, "settings")
    button = visible_child(desk.window, "sign-out")
    if button is None:
        raise NotObserved("Nobody can sign out on the settings screen.")
    record = desk.record
    click(button)
    answer(desk.window, "confirm")
    wait_until(desk.screens.welcome_view.isVisible, "the welcome page did not come")
    known = desk.machine.home.workspace(record.id).user_id
    observe(known is None, "Somebody is still signed in on this machine.")


def go_to(desk: Desk, screen: str, keys: str = "") -> None:
    """Open a screen by its keys; settings has Ctrl and a comma."""
    window = desk.window
    bring_to_front(window)
    if not keys:
        press(window, Qt.Key.Key_Comma, Qt.KeyboardModifier.ControlModifier)
    for key in keys:
        press(window, Qt.Key(ord(key)))
    wait_until(lambda: window.current_screen() == screen, f"'{screen}' did not open", seconds=5)


def _listed(desk: Desk, network: Network) -> AccountRow:
    """The account as the replica tells the screen about it."""
    shell = desk.window.viewmodel

    def look() -> AccountRow | None:
        return next((row for row in shell.accounts if row.network is network), None)

    return wait_until(look, f"no account of {network} came to the window")


def _fill(form: Form, values: Mapping[str, str]) -> None:
    """Type into the fields one after another; Enter in the last one sends the form."""
    edit = None
    for key, value in values.items():
        edit = form.fields[key].edit
        click(edit)
        retype(edit, value)
        observe(form.fields[key].text() == value, f"The field '{key}' took other words.")
    if edit is not None:
        press(edit, Qt.Key.Key_Return)


def _wrong(form: Form) -> str:
    """What the form says about what was typed, or about what went wrong."""
    words = [form.problem.text(), *(field.error() for field in form.fields.values())]
    return " ".join(part for part in words if part)


def _wait_inside(desk: Desk) -> None:
    wait_until(desk.screens.calendar_view.isVisible, "the calendar did not come")
    desk.wait_live()
