"""Every point × every fault × every class × everybody who may go on: what must come, comes."""

from __future__ import annotations

import random
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

import pytest

from postflow_desktop.domain.network import Network
from tests.faults.cells import Cell, Play, Violation, all_cells, linkedin_cells
from tests.faults.conftest import MakeStage
from tests.faults.stage import chosen_seed
from tests.faults.step_cells import StepCell, StepPlay, linkedin_step_cells, step_cells
from tests.faults.worker import FACTOR

AT_ONCE = 16
"""Cells that are played at the same time; they mostly wait for leases."""
SLOWER = 1 / 12
"""A state that was not expected may come from a computer too busy to send within the deadline; then
the cell is played once more with longer times. A duplicate or a loss is never played again."""
SAMPLE = 23
STEP_SAMPLE = 5
LINKEDIN_SAMPLE = 4
LINKEDIN_STEP_SAMPLE = 1


def failures(cells: Iterable[Cell], stages: MakeStage) -> list[str]:
    """Play these cells; what went otherwise."""

    def play(cell: Cell) -> str | None:
        found = None
        for factor in (FACTOR, SLOWER):
            stage = stages()
            stage.factor = factor
            try:
                (StepPlay(cell, stage) if isinstance(cell, StepCell) else Play(cell, stage)).run()
            except Violation as error:
                return str(error)
            except AssertionError as error:
                found = str(error)
                print(f"\nat {factor:.3f} of real time: {found[:300]}")
            else:
                return None
        return found

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return [found for found in pool.map(play, cells) if found]


def test_a_sample_of_all_cells_ends_as_it_must(stages: MakeStage) -> None:
    chance = random.Random(chosen_seed())
    some = [
        *chance.sample(all_cells(), SAMPLE),
        *chance.sample(step_cells(), STEP_SAMPLE),
        *chance.sample(linkedin_cells(), LINKEDIN_SAMPLE),
        *chance.sample(linkedin_step_cells(), LINKEDIN_STEP_SAMPLE),
    ]
    assert failures(some, stages) == []


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_all_cells_end_as_they_must(stages: MakeStage) -> None:
    assert failures(all_cells(), stages) == []


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_all_cells_of_further_steps_end_as_they_must(stages: MakeStage) -> None:
    assert failures(step_cells(), stages) == []


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_all_cells_of_linkedin_end_as_they_must(stages: MakeStage) -> None:
    assert failures([*linkedin_cells(), *linkedin_step_cells()], stages) == []


def test_both_networks_of_class_d_are_there() -> None:
    assert {cell.network for cell in all_cells() if cell.letter == "D"} == {Network.X}
    assert {cell.network for cell in linkedin_cells()} == {Network.LINKEDIN}
    assert len(linkedin_cells()) == sum(cell.letter == "D" for cell in all_cells())
