"""Figures drawn to files by vl-convert, without a browser and without the network."""

from __future__ import annotations

from scicot.pure.evaluation.figures import Figure


def render_svg(figure: Figure) -> str:
    """Return the figure as an SVG document; texts in it are escaped."""
    import vl_convert  # 30 MB, and only an export or a report needs it

    return str(vl_convert.vegalite_to_svg(dict(figure), allowed_base_urls=[]))


def render_png(figure: Figure, scale: float = 2.0) -> bytes:
    """Return the figure as a PNG image, `scale` pixels a point."""
    import vl_convert

    return bytes(vl_convert.vegalite_to_png(dict(figure), scale=scale, allowed_base_urls=[]))
