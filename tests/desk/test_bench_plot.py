"""The plot of growth in the documentation is drawn from the results that stand beside it."""

from __future__ import annotations

import json
from xml.etree import ElementTree

from bench.plot import FOLDER, Panel, panels, svg


def test_the_plot_is_the_one_that_the_kept_results_draw():
    results = [json.loads(file.read_text()) for file in sorted(FOLDER.glob("generation-*.json"))]
    assert (FOLDER / "scale.svg").read_text(encoding="utf-8") == svg(panels(results))


def test_a_hundred_times_the_people_stand_twice_as_far_as_ten_times():
    drawn = svg([Panel("any", {"one": [(1e4, 1.0), (1e5, 10.0), (1e7, 1000.0)]}, aim=100.0)])
    root = ElementTree.fromstring(drawn)
    circles = root.findall(".//{http://www.w3.org/2000/svg}circle")
    across = [float(circle.get("cx", "")) for circle in circles]
    up = [float(circle.get("cy", "")) for circle in circles]
    assert round((across[2] - across[1]) / (across[1] - across[0]), 1) == 2.0
    assert up == sorted(up, reverse=True)
    assert "aim 100" in drawn
