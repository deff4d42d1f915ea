"""Races: many clients from several processes, released together at one barrier."""

from __future__ import annotations

import multiprocessing
import threading
import uuid
from collections.abc import Callable
from multiprocessing.synchronize import Barrier
from typing import Any

import httpx
import pytest

from tests.live.outside import Payroll, Person, Product
from tests.live.test_payout_story import effects, iban

pytestmark = pytest.mark.xdist_group("product")

PROCESSES, THREADS = 3, 4
SPAWN = multiprocessing.get_context("spawn")


def released_together(
    work: Callable[[Any, int], int], task: Any, processes: int = PROCESSES, threads: int = THREADS
) -> list[int]:
    """The answers of `work(task, number)` from so many clients, all let go at once."""
    barrier = SPAWN.Barrier(processes * threads)
    queue: Any = SPAWN.Queue()
    running = [
        SPAWN.Process(target=_crowd, args=(work, task, number * threads, threads, barrier, queue))
        for number in range(processes)
    ]
    for process in running:
        process.start()
    answers = [queue.get(timeout=90) for _ in range(processes * threads)]
    for process in running:
        process.join(30)
    return answers


def _crowd(
    work: Callable[[Any, int], int], task: Any, first: int, size: int, barrier: Barrier, queue: Any
) -> None:
    def one(number: int) -> None:
        barrier.wait(60)
        queue.put(work(task, number))

    crowd = [threading.Thread(target=one, args=(first + number,)) for number in range(size)]
    for thread in crowd:
        thread.start()
    for thread in crowd:
        thread.join()


def ask(task: dict[str, Any], number: int) -> int:
    """`POST actions/` with the one key of the task, or a key of its own."""
    key = task["key"] or f"{task['prefix']}-{number}"
    answer = httpx.post(
        f"{task['url']}/api/v1/actions/",
        json=task["body"],
        headers={"authorization": task["authorization"], "idempotency-key": key},
        timeout=60,
    )
    return answer.status_code


@pytest.mark.parametrize("one_key", [True, False])
def test_q2_f45_identical_requests_from_many_processes_make_one_action(
    product: Product, payroll: Payroll, one_key: bool
) -> None:
    body = {"type": "payout.change", "subject": "noor", "payload": {"account": iban()}}
    task = {
        "url": product.url,
        "authorization": payroll.http.headers["authorization"],
        "body": body,
        "key": uuid.uuid4().hex if one_key else "",
        "prefix": uuid.uuid4().hex,
    }
    answers = released_together(ask, task)
    assert answers.count(201) == 1
    assert set(answers) <= ({200, 201, 409} if one_key else {200, 201})
    again = payroll.http.post(
        "/api/v1/actions/", json=body, headers={"idempotency-key": uuid.uuid4().hex}
    )
    assert (again.status_code, again.json()["joined"]) == (200, True)


def type_code(task: dict[str, Any], number: int) -> int:
    """Send the one code to the page of one of two actions, from one of two sessions."""
    with httpx.Client(cookies=task["cookies"][number % 2], timeout=60) as http:
        address = f"{task['url']}/requests/{task['actions'][number // 2 % 2]}/verify/backup_code/"
        token = task["tokens"][number % 2]
        form = {"code": task["code"], "csrfmiddlewaretoken": token}
        return http.post(address, data=form, headers={"referer": address}).status_code


def test_f01_one_code_at_once_from_two_sessions_passes_once(
    product: Product, payroll: Payroll
) -> None:
    actions = [payroll.ask("kai", iban())["id"] for _ in range(2)]
    people = [Person(product, "kai") for _ in range(2)]
    tokens = []
    for person in people:
        page = person.http.get(f"/requests/{actions[0]}/verify/backup_code/").text
        tokens.append(page.split('name="csrfmiddlewaretoken" value="', 1)[1].split('"', 1)[0])
    task = {
        "url": product.url,
        "cookies": [dict(person.http.cookies) for person in people],
        "tokens": tokens,
        "actions": actions,
        "code": product.codes("kai")["backup_codes"][0],
    }
    # Five guesses are the account's budget, so four clients: every one of them is really checked.
    answers = released_together(type_code, task, processes=2, threads=2)
    assert answers.count(303) == 1, answers
    assert set(answers) <= {303, 400, 409, 429}
    won = [action for action in actions if payroll.get(action)["status"] != "fallback"]
    assert len(won) == 1
    payroll.reaches(won[0], "committed")
    assert effects(product, won[0]) == [1]
