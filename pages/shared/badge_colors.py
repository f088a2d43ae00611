"""The colours that Streamlit's badges know, by name."""

from __future__ import annotations

from typing import Literal

Color = Literal["red", "orange", "yellow", "blue", "green", "violet", "gray"]
