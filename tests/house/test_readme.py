"""The README speaks of the tree as it is."""

from __future__ import annotations

from tests.house.readme import drawn_layers, life_of_a_post, listed_layers
from tests.house.tree import PACKAGE, ROOT, configuration

README = (ROOT / "README.md").read_text(encoding="utf-8")


def contract() -> list[str]:
    contracts = configuration()["tool"]["importlinter"]["contracts"]
    (layers,) = (c["layers"] for c in contracts if c["id"] == "layers")
    assert isinstance(layers, list)
    return layers


def top_modules() -> set[str]:
    """Packages and modules directly in `postflow_desktop`."""
    packages = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    return packages | {path.stem for path in PACKAGE.glob("*.py")} - {"__init__"}


def test_the_layer_drawing_is_the_contract() -> None:
    assert drawn_layers(README) == listed_layers(contract())


def test_the_layer_drawing_names_every_package_once() -> None:
    drawn = [name for layer in drawn_layers(README) for name in layer]
    assert sorted(drawn) == sorted(top_modules())


def test_the_life_of_a_post_leads_through_files_that_exist() -> None:
    steps = life_of_a_post(README)
    paths = {path for step in steps for path in step}
    assert [step for step in steps if not step] == []
    assert len(paths) >= 8
    assert [
        p for p in sorted(paths) if not any((base / p).exists() for base in (ROOT, PACKAGE))
    ] == []


SAMPLE = """
# Title

```sh
layers of other things
```

```text
layers
 __main__ → cli             the program
 cluster | machine          blind to each other
 domain
```

## The life of a post

1. Written in `services/drafts.py`, with `names` that are no paths.
2. Sent by `platforms/bluesky/publisher.py`
   and `transport/once.py`.
3. Nothing here.

## Other

1. `not/here.py`
"""


def test_a_drawing_is_read_as_it_is_meant() -> None:
    names = ({"__main__"}, {"cli"}, {"cluster", "machine"}, {"domain"})
    assert drawn_layers(SAMPLE) == [frozenset(layer) for layer in names]
    assert drawn_layers(SAMPLE) == listed_layers(["__main__", "cli", "machine | cluster", "domain"])
    assert drawn_layers(SAMPLE) != listed_layers(["cli", "__main__", "machine | cluster", "domain"])
    assert drawn_layers("no drawing") == []


def test_the_steps_of_a_life_are_read_as_they_are_meant() -> None:
    assert life_of_a_post(SAMPLE) == [
        ["services/drafts.py"],
        ["platforms/bluesky/publisher.py", "transport/once.py"],
        [],
    ]
    assert life_of_a_post("## Other") == []
