"""The loss curves as an SVG or PNG file. Only imported where a chart is asked for: drawing needs
matplotlib, which is heavy."""

from __future__ import annotations

from pathlib import Path

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import StrMethodFormatter

from identity.messages import say
from identity.policy.document import Policy
from identity.simulation.curves import LossCurves
from identity.simulation.replay import SCORES

INK, STOP, WAIT, CARE, LINE = "#12282c", "#98291e", "#175a75", "#b86a00", "#d8e4e3"
"""The colours of the product's pages."""
DOTS_PER_INCH = 160


def draw_chart(
    file: Path, curves: LossCurves, own: Policy, active: Policy | None, heading: str
) -> None:
    """Write the chart to `file`, in the format of its suffix. Raises OSError."""
    with rc_context({"svg.fonttype": "none", "svg.hashsalt": "holdfast", "text.color": INK}):
        figure = Figure(figsize=(9, 5.2), layout="constrained")
        axes = figure.add_subplot()
        axes.set_title(
            f"{say('simulation.chart.title')}\n", loc="left", fontsize=14, fontweight="bold"
        )
        axes.text(0, 1.035, heading, transform=axes.transAxes, fontsize=10)
        _draw_curves(axes, curves)
        _draw_thresholds(axes, own, "own", "-", 0.97)
        if active is not None:
            _draw_thresholds(axes, active, "active", ":", 0.91)
        _dress(axes, curves)
        # No date: the same chart is the same file.
        stamp = {"Date": None} if file.suffix.lower() == ".svg" else {}
        figure.savefig(file, dpi=DOTS_PER_INCH, metadata=stamp)


def _draw_curves(axes: Axes, curves: LossCurves) -> None:
    scores = range(SCORES)
    for name, line, colour, style, width in (
        ("permissive", curves.permissive, STOP, "--", 1.8),
        ("restrictive", curves.restrictive, WAIT, "-.", 1.8),
        ("total", curves.total, INK, "-", 2.6),
    ):
        words = say(f"simulation.chart.{name}")
        axes.plot(scores, line, color=colour, linestyle=style, linewidth=width, label=words)
    best = curves.minimum
    words = say("simulation.chart.minimum", threshold=str(best))
    axes.plot([best], [curves.total[best]], "o", color=CARE, markersize=9, label=words, zorder=5)


def _draw_thresholds(axes: Axes, policy: Policy, whose: str, style: str, height: float) -> None:
    who = say(f"simulation.chart.{whose}")
    for band, score in (("amber", policy.risk.amber), ("red", policy.risk.red)):
        axes.axvline(score, color=INK, linestyle=style, linewidth=0.9, alpha=0.6)
        axes.text(
            score + 0.8,
            height,
            f"{who}: {say(f'simulation.chart.{band}', score=str(score))}",
            transform=axes.get_xaxis_transform(),
            fontsize=8.5,
            verticalalignment="top",
            bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.85, "pad": 1},
        )


def _dress(axes: Axes, curves: LossCurves) -> None:
    axes.set_xlim(0, SCORES - 1)
    axes.set_ylim(0, max(*curves.total, 1e-9) * 1.25)  # room for the words of the thresholds
    axes.set_xlabel(say("simulation.chart.x"))
    axes.set_ylabel(say("simulation.chart.y"))
    axes.yaxis.set_major_formatter(StrMethodFormatter("{x:,g}"))
    axes.grid(axis="y", color=LINE)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.13), ncols=4, frameon=False)
