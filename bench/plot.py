"""`python -m bench.plot`: docs/figures/scale.svg from the results of `bench generation` kept beside it as JSON."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "figures"
WIDTH, HEIGHT, LEFT, TOP = 300, 220, 55, 40
COLOURS = ("#0b5394", "#b45309", "#38761d")

Points = list[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Panel:
    """One chart over the number of people: a title, its series by name, and a line that the aim draws."""

    title: str
    series: dict[str, Points]
    aim: float | None = None


def panels(results: Sequence[dict[str, Any]]) -> list[Panel]:
    """What is drawn of results by `bench generation` of different numbers of people."""

    def of(key: str) -> Points:
        return sorted((found["people"], found[key]) for found in results if key in found)

    ratios: Points = [
        (people, ours / floor)
        for (people, ours), (_people, floor) in zip(
            of("processor_seconds"), of("floor_processor_seconds"), strict=True
        )
    ]
    return [
        Panel(
            "A month, processor seconds",
            {"ours": of("processor_seconds"), "floor": of("floor_processor_seconds")},
        ),
        Panel("Ratio to the floor, by processor", {"ratio": ratios}, aim=1.5),
        Panel(
            "Memory and disk, MB",
            {
                "Python": of("peak_rss_mb"),
                "a month on disk": of("month_mb"),
                "the roll on disk": of("roll_mb"),
            },
        ),
    ]


def svg(drawn: Sequence[Panel]) -> str:
    """The panels side by side, both scales logarithmic."""
    total = len(drawn) * (WIDTH + LEFT + 20)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {total} {HEIGHT + TOP + 45}" '
        'font-family="sans-serif" font-size="12">',
        f'<rect width="{total}" height="{HEIGHT + TOP + 45}" fill="#fff"/>',
    ]
    for place, panel in enumerate(drawn):
        parts.append(f'<g transform="translate({place * (WIDTH + LEFT + 20) + LEFT} {TOP})">')
        parts += _panel(panel)
        parts.append("</g>")
    return "\n".join([*parts, "</svg>", ""])


def _panel(panel: Panel) -> list[str]:
    points = [point for series in panel.series.values() for point in series]
    across = _scale([x for x, _y in points], WIDTH)
    values = [y for _x, y in points] + ([panel.aim] if panel.aim else [])
    up = _scale(values, HEIGHT)
    parts = [f'<text x="0" y="-16" font-weight="bold">{panel.title}</text>']
    for mark in sorted({x for x, _y in points}):
        x = across(mark)
        parts.append(f'<path d="M{x:.1f} 0V{HEIGHT}" stroke="#ddd"/>')
        parts.append(f'<text x="{x:.1f}" y="{HEIGHT + 16}" text-anchor="middle">{_short(mark)}</text>')
    for mark in _marks(values):
        y = HEIGHT - up(mark)
        parts.append(f'<path d="M0 {y:.1f}H{WIDTH}" stroke="#ddd"/>')
        parts.append(f'<text x="-6" y="{y + 4:.1f}" text-anchor="end">{_short(mark)}</text>')
    if panel.aim:
        y = HEIGHT - up(panel.aim)
        parts.append(f'<path d="M0 {y:.1f}H{WIDTH}" stroke="#a00" stroke-dasharray="4 3"/>')
        parts.append(
            f'<text x="{WIDTH}" y="{y - 4:.1f}" text-anchor="end" fill="#a00">aim {panel.aim}</text>'
        )
    for number, (name, series) in enumerate(panel.series.items()):
        colour = COLOURS[number]
        placed = [(across(x), HEIGHT - up(y)) for x, y in series]
        path = "L".join(f"{x:.1f} {y:.1f}" for x, y in placed)
        parts.append(f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"/>' for x, y in placed]
        parts.append(f'<text x="{number * 110}" y="{HEIGHT + 36}" fill="{colour}">● {name}</text>')
    parts.append(f'<path d="M0 0V{HEIGHT}H{WIDTH}" fill="none" stroke="#333"/>')
    return parts


def _scale(values: Sequence[float], length: int) -> Any:
    """Where a value stands on a logarithmic axis of that length, with a little room at both ends."""
    low, high = math.log10(min(values)) - 0.1, math.log10(max(values)) + 0.1
    return lambda value: (math.log10(value) - low) / (high - low) * length


def _marks(values: Sequence[float]) -> list[float]:
    """Round numbers within the values: powers of ten, or with 2 and 5 where there would be fewer than two of them."""
    low, high = min(values) * 0.8, max(values) * 1.25
    powers = [10.0**power for power in range(-3, 9)]
    for steps in ((1,), (1, 2, 5), (1, 1.1, 1.2, 1.3, 1.4, 1.5, 1.75, 2, 2.5, 3, 4, 5, 6, 8)):
        found = [power * step for power in powers for step in steps if low <= power * step <= high]
        if len(found) > 1:
            return found
    return found


def _short(value: float) -> str:
    return f"{value / 1e6:g} M" if value >= 1e6 else f"{value / 1e3:g} k" if value >= 1e3 else f"{value:g}"


def main() -> None:
    """Write the plot."""
    results = [json.loads(file.read_text()) for file in sorted(FOLDER.glob("generation-*.json"))]
    (FOLDER / "scale.svg").write_text(svg(panels(results)), encoding="utf-8")


if __name__ == "__main__":
    main()
