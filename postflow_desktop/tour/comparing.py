"""What was published against what was written: words, facets, alt texts, every byte of pictures."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from postflow_desktop.domain.network import Network
from postflow_desktop.domain.outcome import PublishResult
from postflow_desktop.domain.target import Target
from postflow_desktop.tour.pictures import Drawn, has_camera_data, look_alike
from postflow_desktop.tour.readback import Reader
from postflow_desktop.tour.steps import NotObserved, Report, observe

_MARKED = ("https://bäckerei.example/märkte", "#Sauerteig")


class Comparison:
    """Keeps what it read in `out` and in the report."""

    def __init__(self, reader: Reader, out: Path, report: Report) -> None:
        self._reader = reader
        self._out = out
        self._report = report

    def compare(
        self, targets: Sequence[Target], texts: Mapping[str, str], drawn: Sequence[Drawn]
    ) -> None:
        """Every target on its network, with the words meant for it, by the network's name."""
        for target in targets:
            text = texts[target.network.value]
            if target.network is Network.X:
                self._compare_x(_place(target), text, drawn)
            else:
                self._compare_bluesky(_place(target), text, drawn)
            self._report.published.append(
                {"network": target.network.value, "url": _place(target).url, "text": text}
            )

    def observe_gone(self, targets: Sequence[Target]) -> None:
        """NotObserved where a network still has it."""
        for target in targets:
            place = _place(target).external_id
            on_x = target.network is Network.X
            still = self._reader.tweet(place) if on_x else self._reader.record(place)
            observe(still is None, f"{target.network} still has it.")

    def _compare_bluesky(self, place: PublishResult, text: str, drawn: Sequence[Drawn]) -> None:
        record = self._reader.record(place.external_id)
        if record is None:
            raise NotObserved("It is not on Bluesky.")
        observe(record["text"] == text, "The words on Bluesky are others.")
        expected = [part for part in _MARKED if part in text]
        observe(_marked(record) == expected, "The link or the tag is marked wrongly.")
        images = record["embed"]["images"] if drawn else []
        did = urlsplit(place.external_id).netloc
        found = [
            (image["alt"], self._reader.blob(did, image["image"]["ref"]["$link"]))
            for image in images
        ]
        self._compare_pictures("bluesky", found, drawn)

    def _compare_x(self, place: PublishResult, text: str, drawn: Sequence[Drawn]) -> None:
        tweet = self._reader.tweet(place.external_id)
        if tweet is None:
            raise NotObserved("It is not on X.")
        words = html.unescape(tweet["text"])
        for url in tweet.get("entities", {}).get("urls", ()):
            if "media_key" in url:
                words = words.replace(url["url"], "").rstrip()
        observe(words == text, "The words on X are others.")
        keys = tweet.get("attachments", {}).get("media_keys", [])
        observe(len(keys) == len(drawn), f"X has {len(keys)} pictures.")
        self._compare_pictures("x", self._reader.tweet_pictures(place.external_id), drawn)

    def _compare_pictures(
        self, network: str, found: Sequence[tuple[str, bytes]], drawn: Sequence[Drawn]
    ) -> None:
        observe(len(found) == len(drawn), f"There are {len(found)} pictures on {network}.")
        for number, ((alt, data), meant) in enumerate(zip(found, drawn, strict=True), start=1):
            observe(alt == meant.alt, f"An alt text on {network} is another one.")
            observe(not has_camera_data(data), "Camera data left the machine.")
            same = look_alike(data, meant.path.read_bytes())
            observe(same, f"A picture on {network} looks different.")
            path = self._out / f"published-{network}-{number}{meant.path.suffix}"
            path.write_bytes(data)
            self._report.pictures.append(str(path))


def _marked(record: Mapping[str, Any]) -> list[str]:
    """The parts of a record's text that are a link or a tag."""
    raw = record["text"].encode()
    return [
        raw[facet["index"]["byteStart"] : facet["index"]["byteEnd"]].decode()
        for facet in record.get("facets", ())
    ]


def _place(target: Target) -> PublishResult:
    if target.result is None:
        raise NotObserved("It is not known where the post is.")
    return target.result
