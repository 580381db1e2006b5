"""What the sandbox remembers: small documents and blobs, in memory and, if wanted, in a folder.

Every document is a file of its own, written under another name and renamed: a crash leaves the old
one or the new one. Nothing is synced to the disk; it is sample data.
"""

from __future__ import annotations

import copy
import hashlib
import json
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class LogEntry:
    """One accepted write."""

    sequence: int
    network: str
    action: str
    """`create`, `repeat` (same key, same content: nothing changed), `update` or `delete`."""
    account: str
    external_id: str
    text: str = ""


class State:
    """Documents by kind and key; hold `lock` around what has to happen as one."""

    def __init__(self, folder: Path | None) -> None:
        self.lock = threading.RLock()
        self._folder = folder
        self._documents: dict[str, dict[str, Json]] = {}
        self._blobs: dict[str, bytes] = {}
        if folder is not None:
            (folder / "blobs").mkdir(parents=True, exist_ok=True)
            self._load(folder)

    @staticmethod
    def stored(folder: Path, kind: str, key: str) -> Json | None:
        """One document as it lies in the folder, without reading the others."""
        try:
            found: Json = json.loads(_file(folder, kind, key).read_bytes())["value"]
        except (OSError, ValueError, KeyError):
            return None
        return found

    def get(self, kind: str, key: str) -> Json | None:
        """A copy of a document, or None."""
        with self.lock:
            return copy.deepcopy(self._documents.get(kind, {}).get(key))

    def items(self, kind: str, prefix: str = "") -> list[tuple[str, Json]]:
        """Copies of all documents of a kind whose key begins like this, by key."""
        with self.lock:
            found = self._documents.get(kind, {})
            return [
                (key, copy.deepcopy(found[key])) for key in sorted(found) if key.startswith(prefix)
            ]

    def put(self, kind: str, key: str, value: Json) -> None:
        """Keep a document; replaces."""
        with self.lock:
            self._documents.setdefault(kind, {})[key] = copy.deepcopy(value)
            if self._folder is not None:
                text = json.dumps({"key": key, "value": value}, ensure_ascii=False)
                _write(_file(self._folder, kind, key), text.encode("utf-8", "surrogatepass"))

    def delete(self, kind: str, key: str) -> bool:
        """Forget a document; False where there was none."""
        with self.lock:
            gone = self._documents.get(kind, {}).pop(key, None)
            if self._folder is not None:
                _file(self._folder, kind, key).unlink(missing_ok=True)
            return gone is not None

    def put_blob(self, name: str, data: bytes) -> None:
        """Keep bytes under their content's name."""
        with self.lock:
            if self._folder is None:
                self._blobs[name] = data
            else:
                _write(self._folder / "blobs" / name, data)

    def blob(self, name: str) -> bytes | None:
        """Bytes by name, or None."""
        with self.lock:
            if self._folder is None:
                return self._blobs.get(name)
            path = self._folder / "blobs" / name
            return path.read_bytes() if path.is_file() else None

    def record(self, entry: Json) -> None:
        """Add an accepted write to the log, under the next sequence number."""
        with self.lock:
            sequence = len(self._documents.get("log", {})) + 1
            self.put("log", f"{sequence:09d}", {"sequence": sequence, **entry})

    @property
    def log(self) -> tuple[LogEntry, ...]:
        """All accepted writes in the order in which they were accepted."""
        return tuple(LogEntry(**value) for _, value in self.items("log"))

    def _load(self, folder: Path) -> None:
        for path in folder.glob("*/*.json"):
            try:
                found = json.loads(path.read_bytes().decode("utf-8", "surrogatepass"))
                self._documents.setdefault(path.parent.name, {})[found["key"]] = found["value"]
            except (ValueError, KeyError, TypeError):
                # A file that another program damaged is left alone and counts as absent.
                continue


def _file(folder: Path, kind: str, key: str) -> Path:
    return folder / kind / f"{hashlib.sha256(key.encode()).hexdigest()[:40]}.json"


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.new")
    temporary.write_bytes(data)
    temporary.replace(path)
