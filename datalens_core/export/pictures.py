"""Pictures of charts, as a browser drew them: checked, re-encoded and capped."""

from __future__ import annotations

import io

from datalens_core.errors import InvalidRequest

MAX_BYTES = 5 * 1024 * 1024
MAX_SIDE = 4096


def reencode_png(png: bytes) -> bytes:
    """The same picture, written anew, so that nothing but pixels is kept.

    Raises:
        InvalidRequest: not a PNG, over 5 MB, or over 4,096 pixels a side.
    """
    from PIL import Image, UnidentifiedImageError
    from PIL.Image import DecompressionBombError

    if len(png) > MAX_BYTES:
        raise InvalidRequest("The picture is too large.")
    try:
        with Image.open(io.BytesIO(png), formats=["PNG"]) as image:
            if max(image.size) > MAX_SIDE:
                raise InvalidRequest("The picture is too large.")
            pixels = image.convert("RGBA")
    except (UnidentifiedImageError, DecompressionBombError, OSError, SyntaxError, ValueError):
        raise InvalidRequest("That is not a PNG picture.") from None
    out = io.BytesIO()
    Image.frombytes("RGBA", pixels.size, pixels.tobytes()).save(out, "PNG", optimize=True)
    return out.getvalue()
