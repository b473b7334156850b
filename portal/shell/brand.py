"""An operator's look: name, initial and one accent colour that stays readable on light and on dark."""

import re
from colorsys import hls_to_rgb, rgb_to_hls
from dataclasses import dataclass

from django.utils.safestring import SafeString, mark_safe

from tenancy.models import Operator

_HEX = re.compile(r"#[0-9a-fA-F]{6}")
DEFAULT_ACCENT = "#1f5fbf"
WHITE, INK = (255, 255, 255), (22, 32, 44)
LIGHT_GROUND, DARK_GROUND = (246, 247, 249), (20, 28, 38)
#: WCAG 2.2 AA for text, with a little room for the tinted grounds that accent texts stand on.
READABLE = 5.0

Rgb = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Brand:
    """What the templates draw an operator with; ``css`` sets the custom properties of one page."""

    name: str
    accent: str
    css: SafeString
    logo: str = ""

    @property
    def initial(self) -> str:
        return self.name[:1].upper()


def brand_of(operator: Operator | None, language: str) -> Brand:
    """The brand of the host's operator; Sharik's own where there is none."""
    if operator is None:
        return Brand("Sharik", DEFAULT_ACCENT, accent_css(DEFAULT_ACCENT))
    accent = operator.brand_colour if _HEX.fullmatch(operator.brand_colour) else DEFAULT_ACCENT
    return Brand(operator.label(language), accent, accent_css(accent))


def accent_css(accent: str) -> SafeString:
    """Custom properties for ``accent`` (``#rrggbb``, checked here because it goes into a style sheet)."""
    if not _HEX.fullmatch(accent):
        raise ValueError("An accent colour is written #rrggbb.")
    colour = _parse(accent)
    foreground = WHITE if contrast(colour, WHITE) >= contrast(colour, INK) else INK
    light_soft, dark_soft = _mix(WHITE, colour, 0.09), _mix(DARK_GROUND, colour, 0.2)
    light_text = _until_readable(colour, (LIGHT_GROUND, light_soft), -0.02)
    dark_text = _until_readable(colour, (DARK_GROUND, dark_soft), 0.02)
    darker = _mix(colour, INK, 0.18)
    return mark_safe(  # noqa: S308 - built from checked numbers only
        f":root{{--tblr-primary:{accent};--tblr-primary-rgb:{_triple(colour)};--tblr-primary-fg:{_hex(foreground)};"
        f"--tblr-primary-darken:{_hex(darker)};"
        f"--tblr-link-color:{_hex(light_text)};--tblr-link-color-rgb:{_triple(light_text)};"
        f"--sharik-accent-text:{_hex(light_text)};--sharik-accent-soft:{_hex(light_soft)}}}"
        f"[data-bs-theme=dark]{{--tblr-link-color:{_hex(dark_text)};--tblr-link-color-rgb:{_triple(dark_text)};"
        f"--sharik-accent-text:{_hex(dark_text)};--sharik-accent-soft:{_hex(dark_soft)}}}"
    )


def contrast(one: Rgb, other: Rgb) -> float:
    """The WCAG contrast ratio of two colours, from 1 to 21."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _until_readable(colour: Rgb, grounds: tuple[Rgb, ...], step: float) -> Rgb:
    """The nearest lightness of the same hue that reads well on all ``grounds``."""
    hue, lightness, saturation = rgb_to_hls(*(value / 255 for value in colour))
    while min(contrast(colour, ground) for ground in grounds) < READABLE:
        lightness = min(max(lightness + step, 0), 1)
        red, green, blue = (round(part * 255) for part in hls_to_rgb(hue, lightness, saturation))
        colour = red, green, blue
    return colour


def _luminance(colour: Rgb) -> float:
    parts = [value / 255 for value in colour]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _mix(one: Rgb, other: Rgb, share: float) -> Rgb:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def _parse(text: str) -> Rgb:
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)


def _hex(colour: Rgb) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour)


def _triple(colour: Rgb) -> str:
    return "{}, {}, {}".format(*colour)
