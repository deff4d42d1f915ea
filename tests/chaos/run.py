"""One run: a house, a receiver, the scenarios one after another, and the judgement at the end."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, nullcontext
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from config.environment import Environment
from tests.chaos import evidence
from tests.chaos.asking import Application, Asked
from tests.chaos.field import Field, Scenario
from tests.chaos.flow import Flow, Load, shared
from tests.chaos.house import CannotHappen, House
from tests.chaos.judging import TAKE_OVER, Found, Kind, at_rest, standing_still, wrong_with
from tests.chaos.people import Person, crowd
from tests.chaos.receiver import Receiver

REST = timedelta(seconds=12)
"""What is due later than this is at rest: it waits for something that is not to happen here."""
SETTLE_SECONDS = TAKE_OVER.total_seconds() + 30
"""After the last fault everything is at rest within this, or it is stuck."""

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Size:
    """How much is asked, and for how long."""

    count: int
    seconds: float
    seed: int


@dataclass(slots=True)
class Verdict:
    """What came of one scenario. `left_out` says why it was not run at all."""

    name: str
    tried: int = 0
    found: list[tuple[str, Found]] = field(default_factory=list)
    """What is wrong, each with the action it is about, if it is about one."""
    stood_still: timedelta | None = None
    left_out: str = ""

    def number(self, kind: Kind) -> int:
        """How many faults of a kind."""
        return sum(found.kind is kind for _, found in self.found)

    @property
    def clean(self) -> bool:
        """Nothing is wrong."""
        return not self.found


class Run:
    """Everything that one run starts. `end` may be called at any time, and ends all of it."""

    def __init__(self, environment: Environment, size: Size, say: Say) -> None:
        self._size = size
        self._say = say
        self._luck = random.Random(size.seed)
        self._stop = threading.Event()
        self._house = House(environment)
        self._receiver = Receiver()
        self._made: Mapping[str, Any] = {}
        self._stack = ExitStack()

    def end(self) -> None:
        """Stop asking, and kill what was started."""
        self._stop.set()
        self._stack.close()

    def perform(self, scenarios: Sequence[Scenario]) -> list[Verdict]:
        """Run the scenarios; what came of each, in their order."""
        self._stack.callback(self._house.end)
        self._stack.callback(self._receiver.end)
        self._receiver.begin()
        people = max(12, self._size.count // 100)
        codes = 6 + self._size.count // people // 8
        self._made = self._house.prepare(str(people), str(codes), self._receiver.url)
        self._receiver.secret = str(self._made["webhook_secret"])
        self._house.begin()
        self._say("the database is there")
        url = self._house.environment.base_url
        application = Application(url, self._made["client_id"], self._made["client_secret"])
        self._stack.callback(application.close)
        persons = crowd(url, self._made)
        for person in persons.values():
            self._stack.callback(person.close)
        load = Load(application, persons, self._luck)
        verdicts, flows = [], []
        seconds = self._seconds(scenarios)
        for scenario, count in zip(
            scenarios, shared(self._size.count, len(scenarios)), strict=True
        ):
            verdict, flow = Verdict(scenario.name), Flow(scenario.name)
            verdicts.append(verdict)
            flows.append(flow)
            try:
                self._one(scenario, count, seconds[scenario.name], verdict, flow, load, application)
            except CannotHappen as reason:
                verdict.left_out = str(reason)
                self._say(f"{scenario.name}: not run, {reason}")
        self._settle(load)
        self._judge(scenarios, verdicts, flows, persons)
        return verdicts

    def _seconds(self, scenarios: Sequence[Scenario]) -> dict[str, float]:
        """How long requests flow in each: in proportion, and never too short for the fault."""
        whole = sum(scenario.seconds for scenario in scenarios)
        share = self._size.seconds / whole
        return {each.name: max(each.least, each.seconds * share) for each in scenarios}

    def _one(
        self,
        scenario: Scenario,
        count: int,
        seconds: float,
        verdict: Verdict,
        flow: Flow,
        load: Load,
        application: Application,
    ) -> None:
        place = Field(
            house=self._house,
            receiver=self._receiver,
            luck=random.Random(f"{self._size.seed}/{scenario.name}"),
            seed=self._size.seed,
            state=self._house.state,
            refusals=lambda: application.answers.refused,
        )
        prepared = scenario.prepared(place) if scenario.prepared else nullcontext({})
        with prepared as arrangement:
            self._house.arrange(**arrangement)
            before = dict(application.answers.counted)
            began = time.monotonic()
            hurting = Hurting(scenario, place)
            hurting.start()
            load.run(flow, count, seconds, self._stop)
            place.over.set()
            hurting.join()
            took = time.monotonic() - began
            if scenario.prepared:
                self._house.arrange()  # before what it was prepared with goes away
        verdict.tried = len(flow.asked)
        verdict.found += [("", found) for found in place.found]
        answers = {
            status: times - before.get(status, 0)
            for status, times in sorted(application.answers.counted.items())
            if times > before.get(status, 0)
        }
        self._say(
            f"{scenario.name}: {len(flow.asked)} requests in {flow.seconds:.0f} s, "
            f"{took:.0f} s in all; {_listed(place.done)}; answers {_listed(answers)}"
        )
        if hurting.error is not None:
            raise hurting.error

    def _settle(self, load: Load) -> None:
        """Wait until nothing is due any more, or somebody would have had to do it by now."""
        began = time.monotonic()
        load.end()
        self._house.arrange()
        ends = began + SETTLE_SECONDS
        while not self._stop.is_set():
            with self._house.database() as db:
                moment = evidence.now(db) + REST
                waiting = [
                    action
                    for action in evidence.stored(db, self._made["application"]).values()
                    if not at_rest(action, moment)
                ]
            if not waiting or time.monotonic() > ends:
                break
            time.sleep(1.0)
        self._say(f"at rest after {time.monotonic() - began:.0f} s")

    def _judge(
        self,
        scenarios: Sequence[Scenario],
        verdicts: Sequence[Verdict],
        flows: Sequence[Flow],
        persons: Mapping[str, Person],
    ) -> None:
        with self._house.database() as db:
            moment = evidence.now(db)
            stored = evidence.stored(db, self._made["application"])
            keys = evidence.keys(db, self._made["application"])
        effects: dict[str, list[dict[str, str]]] = {}
        for effect in self._receiver.ledger.effects.values():
            effects.setdefault(effect.action, []).append(effect.payload)
        accepted = {asked.action for flow in flows for asked in flow.asked}
        for scenario, verdict, flow in zip(scenarios, verdicts, flows, strict=True):
            still = timedelta()
            for asked in flow.asked:
                action = stored.get(asked.action)
                if not asked.action:
                    self._note(verdict, asked, Kind.LOST, f"was never accepted: {asked.trouble}")
                elif action is None:
                    self._note(verdict, asked, Kind.LOST, "was accepted, and is not there")
                else:
                    payload = asked.body["payload"]
                    done = effects.pop(asked.action, [])
                    found = wrong_with(action, payload, done, moment)
                    verdict.found += [(action.id, each) for each in found]
                    still = max(still, standing_still(action, asked.body.get("requested_expiry")))
                if asked.doubled or keys.get(asked.key, asked.action) != asked.action:
                    self._note(verdict, asked, Kind.DOUBLED, "its key made two actions")
            if verdict.tried:
                verdict.stood_still = still
            if scenario.bounds_take_over and still > TAKE_OVER:
                told = f"something stood still for {still.total_seconds():.0f} s"
                verdict.found.append(("", Found(Kind.VIOLATION, told)))
        self._strays(verdicts[-1], set(stored) - accepted, effects)
        self._say(f"{sum(person.proved for person in persons.values())} requests were proved")

    @staticmethod
    def _note(verdict: Verdict, asked: Asked, kind: Kind, why: str) -> None:
        verdict.found.append((asked.action or asked.key, Found(kind, why)))

    def _strays(
        self, last: Verdict, unknown: set[str], effects: Mapping[str, list[dict[str, str]]]
    ) -> None:
        """What nobody asked for, and what nobody signed; noted at the last scenario."""
        for action in sorted(unknown):
            last.found.append((action, Found(Kind.DOUBLED, "is there, and nobody knows of it")))
        for action in sorted(effects):
            last.found.append((action, Found(Kind.VIOLATION, "took effect and was never asked")))
        if self._receiver.ledger.forged:
            told = f"{self._receiver.ledger.forged} messages were not rightly signed"
            last.found.append(("", Found(Kind.VIOLATION, told)))


class Hurting(threading.Thread):
    """The fault, beside the requests."""

    def __init__(self, scenario: Scenario, place: Field) -> None:
        super().__init__(name=scenario.name, daemon=True)
        self.error: BaseException | None = None
        self._scenario, self._place = scenario, place

    def run(self) -> None:
        """Do it; what goes wrong in it is kept for who waits."""
        try:
            self._scenario.hurt(self._place)
        except BaseException as error:
            self.error = error


def _listed(counted: Mapping[Any, int]) -> str:
    return ", ".join(f"{times} × {what}" for what, times in counted.items()) or "nothing"
