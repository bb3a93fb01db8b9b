"""One mapping laid over another, as the scope of an expression. Nothing is copied; `get` of either is asked only for what is wanted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any


class Over(Mapping[str, Any]):
    """What an expression reads, with something of its own laid over it: facts of a case with those of one instance, one task or one row."""

    __slots__ = ("_own", "_under")

    def __init__(self, own: Mapping[str, Any], under: Mapping[str, Any]) -> None:
        """`own` wins."""
        self._own, self._under = own, under

    def __getitem__(self, name: str) -> Any:
        """Give a fact."""
        return self._own[name] if name in self._own else self._under[name]

    def get(self, name: str, default: Any = None) -> Any:
        """Give a fact, or `default` for an unknown name."""
        return self._own[name] if name in self._own else self._under.get(name, default)

    def __contains__(self, name: object) -> bool:
        """Say whether there is such a fact."""
        return name in self._own or name in self._under

    def __iter__(self) -> Iterator[str]:
        """Give every name."""
        return iter({**self._own, **self._under})

    def __len__(self) -> int:
        """Count the names."""
        return len({**self._own, **self._under})
