"""The build's own step: the catalogues of the interface's languages are compiled before the package is put together."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CompileCatalogues(BuildHookInterface):
    """Makes moderator/locale/*.mo, for a wheel, a source package and an editable installation alike."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile; `version` and `build_data` are the builder's and stay as they are."""
        sys.path.insert(0, str(Path(self.root, "tools")))
        from catalogue import compile_all

        compile_all()
