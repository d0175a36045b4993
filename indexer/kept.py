"""A little memory of this process for what costs to make and is asked for again: bounded by number and by size."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")


class Kept(Generic[K, T]):
    """Values by key; those used last stay: at most `max_items`, of `max_size` together in whatever unit `put` is given
    (which it need not be where their number says enough).

    Safe to use from several threads.
    """

    def __init__(self, max_items: int, max_size: int = 0) -> None:
        self._items: OrderedDict[K, tuple[T, int]] = OrderedDict()
        self._lock = threading.Lock()
        self._max_items, self._max_size = max_items, max_size
        self._size = 0

    def get(self, key: K) -> T | None:
        """The value under this key, or None."""
        with self._lock:
            found = self._items.get(key)
            if found is None:
                return None
            self._items.move_to_end(key)
            return found[0]

    def put(self, key: K, value: T, size: int = 0) -> None:
        """Keep a value of `size`; others go where there is no room, and one larger than all the room is not kept."""
        if size > self._max_size:
            return
        with self._lock:
            before = self._items.pop(key, None)
            self._size += size - (before[1] if before else 0)
            self._items[key] = (value, size)
            while len(self._items) > self._max_items or self._size > self._max_size:
                self._size -= self._items.popitem(last=False)[1][1]

    def keep(self, wanted: Callable[[K], bool]) -> None:
        """Forget all but the keys that are `wanted`."""
        with self._lock:
            for key in [key for key in self._items if not wanted(key)]:
                self._size -= self._items.pop(key)[1]
