"""What came of a rehearsal, in sentences: the console and the command say the same."""

from __future__ import annotations

from identity.messages import say
from identity.policy.difference import Direction
from identity.policy.document import Policy
from identity.simulation.curves import LossCurves
from identity.simulation.replay import Replay
from identity.simulation.scale import money


def counted(found: Replay, name: str, days: int) -> list[str]:
    """How many decisions there were and how many change."""
    if not found.decisions:
        return [say("simulation.none", days=str(days))]
    sentences = [
        say("simulation.against", name=name, days=str(days)),
        say(
            "simulation.counts",
            decisions=f"{found.decisions:,}",
            changed=f"{found.changed:,}",
            **{each.value: f"{found.leading(each):,}" for each in Direction},
        ),
    ]
    if not found.changed:
        sentences.append(say("simulation.same"))
    if found.rescored:
        sentences.append(say("simulation.rescored", rescored=f"{found.rescored:,}"))
    if missing := found.decisions - found.rescored:
        sentences.append(say("simulation.not_rescored", missing=f"{missing:,}"))
    return sentences


def harmed(curves: LossCurves, own: Policy, active: Policy | None) -> list[str]:
    """Where the expected harm is smallest, and what it is at the thresholds of the policies."""
    best = curves.minimum
    sentences = [
        say(
            "simulation.minimum",
            requests=f"{curves.requests:,}",
            threshold=str(best),
            loss=money(curves.total[best]),
            permissive=money(curves.permissive[best]),
            restrictive=money(curves.restrictive[best]),
        ),
        _thresholds("own", own, curves),
    ]
    if active is not None:
        sentences.append(_thresholds("active", active, curves))
    return [*sentences, say("simulation.model"), say("simulation.not_a_rule")]


def _thresholds(whose: str, policy: Policy, curves: LossCurves) -> str:
    amber, red = policy.risk.amber, policy.risk.red
    return say(
        f"simulation.{whose}",
        amber=str(amber),
        red=str(red),
        amber_loss=money(curves.total[amber]),
        red_loss=money(curves.total[red]),
    )
