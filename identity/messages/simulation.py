"""What is read where a policy is rehearsed on recorded traffic, and what being wrong costs (D5).

Facts: `days`, counts in words, `threshold` (a risk score), `loss` (money in words), `type`.
"""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    "event.policy.costs_assumed": "What wrong decisions are assumed to cost was stated.",
    # counts
    "simulation.against": "{name} on the recorded decisions of the last {days} days.",
    "simulation.counts": "{decisions} decisions were recorded, {changed} come out otherwise: "
    "{looser} looser, {stricter} stricter, {otherwise} otherwise.",
    "simulation.none": "No decision was recorded in the last {days} days, so there is nothing to "
    "rehearse.",
    "simulation.same": "Every recorded decision stays as it is.",
    "simulation.rescored": "The risk of {rescored} of them was worked out anew by the weights of "
    "this version. Presence, trust and the other facts stand as they were recorded.",
    "simulation.not_rescored": "The risk of {missing} of them stands as it was recorded: what it "
    "was worked out from was not kept.",
    "simulation.change": "{type}: {old} → {new}, {count}",
    # the minimum
    "simulation.minimum": "The expected harm of the {requests} requests is smallest, {loss}, where "
    "requests are asked or held from a risk score of {threshold} on: {permissive} from being too "
    "permissive and {restrictive} from being too restrictive.",
    "simulation.own": "This version: amber from {amber} ({amber_loss}), red from {red} "
    "({red_loss}).",
    "simulation.active": "In force: amber from {amber} ({amber_loss}), red from {red} "
    "({red_loss}).",
    "simulation.model": "Below the threshold requests pass, and a fraud among them costs its loss. "
    "From the threshold on people are asked or held: some honest ones give up, each costs support. "
    "The chance of fraud grows by the same factor with every point of the score, from the chance "
    "at 0 to the chance at 100. Each request counts once.",
    "simulation.not_a_rule": "The minimum is as good as the assumptions. It says nothing about "
    "what a law or a guardrail demands.",
    # the chart
    "simulation.chart.title": "Expected harm by risk threshold",
    "simulation.chart.desc": "Two loss curves over the risk score from which a request is asked or "
    "held, and their sum. The loss of being too permissive grows from {permissive_least} to "
    "{permissive_most}, the loss of being too restrictive falls from {restrictive_most} to "
    "{restrictive_least}. The sum is smallest at {threshold}.",
    "simulation.chart.x": "Risk score from which a request is asked or held (0 to 100)",
    "simulation.chart.y": "Expected loss (your currency, whole span)",
    "simulation.chart.permissive": "Too permissive",
    "simulation.chart.restrictive": "Too restrictive",
    "simulation.chart.total": "Sum",
    "simulation.chart.minimum": "Minimum at {threshold}",
    "simulation.chart.amber": "amber {score}",
    "simulation.chart.red": "red {score}",
    "simulation.chart.own": "This version",
    "simulation.chart.active": "In force",
    "simulation.chart.written": "The chart is in {file}.",
    "simulation.chart.not_written": "“{file}” cannot be written.",
    "simulation.chart.suffix": "The chart is written as .svg or .png; “{file}” is neither.",
    "simulation.chart.nothing": "There is no chart: no request was recorded in the span.",
    "simulation.unknown_type": "There is no action type “{type}”.",
    "simulation.bad_days": "A rehearsal spans 1 to {most} days.",
    "simulation.reading": "Reading {count} recorded decisions",
    "simulation.deciding": "Deciding anew",
    # the page
    "console.rehearsal": "Rehearsal",
    "console.rehearsal.title": "Rehearsal of {name}",
    "console.rehearsal.lede": "What this version would have decided about recorded requests, and "
    "what it costs to be too permissive or too restrictive. Nothing is changed by looking.",
    "console.rehearsal.open": "Rehearse it on recorded decisions",
    "console.rehearsal.span": "Span",
    "console.rehearsal.days": "Last {days} days",
    "console.rehearsal.result": "What would come out otherwise",
    "console.rehearsal.changes": "Changes by type",
    "console.rehearsal.harm": "Expected harm",
    "console.rehearsal.numbers": "The curves in numbers",
    "console.rehearsal.costs": "Assumptions",
    "console.rehearsal.costs.text": "Money is in your currency. The chances are of fraud at the "
    "best and at the worst risk score.",
    "console.rehearsal.types": "Requests by type",
    "console.rehearsal.stated": "Stated",
    "console.rehearsal.assumed": "Default",
    "console.rehearsal.edit": "Edit",
    "console.rehearsal.back": "Back to the version",
    "console.rehearsal.too_many": "Too many decisions for a page",
    "console.rehearsal.too_many.detail": "{count} decisions were recorded in this span; a page "
    "works through {limit} at most. Choose fewer days, or run {command} on the server.",
    "console.rehearsal.unreadable": "This version cannot be rehearsed",
    "console.rehearsal.type": "Action type",
    "console.rehearsal.way": "Becomes",
    "console.rehearsal.outcomes": "Outcome before → now",
    "console.rehearsal.rules": "Rule before → now (first one)",
    "console.rehearsal.count": "Decisions",
    "console.rehearsal.requests": "Requests",
    "console.rehearsal.example": "Facts of the first one",
    "console.rehearsal.threshold": "Threshold",
    "console.rehearsal.best": "Its own best threshold",
    "console.rehearsal.source": "Source",
    # the form
    "console.costs.title": "What a wrong decision costs: {type}",
    "console.costs.lede": "Stated for rehearsals only: no decision depends on it. Every change is "
    "kept in the record.",
    "console.costs.button": "State these costs",
    "console.costs.done": "{type}: the costs are stated.",
    "console.costs.order": "The chance at 100 is at least the chance at 0.",
    "console.costs.fraud_loss": "Loss of one fraud",
    "console.costs.fraud_at_0": "Chance of fraud at score 0 (%)",
    "console.costs.fraud_at_100": "Chance of fraud at score 100 (%)",
    "console.costs.abandonment": "People who give up when asked (%)",
    "console.costs.completed_value": "Value of a completed action",
    "console.costs.support_cost": "Support for one who is asked",
    "console.costs.hint.money": "In your currency, two decimals at most.",
    "console.costs.hint.chance": "Percent: above 0 and up to 100, four decimals at most.",
    "console.costs.hint.share": "Percent, 0 to 100.",
}
