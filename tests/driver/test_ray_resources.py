"""What a Ray that is started here is told; which machines can hold a stage's own executors."""

from __future__ import annotations

import os

from rayspark.resource.needs import Needs
from rayspark.scheduler import ray_start
from rayspark.scheduler.ray_resources import place_staged, refusal

BOOKS = {
    "aaaaaaaaaa": {"CPU": 4.0, "memory": float(8 << 30)},
    "bbbbbbbbbb": {"CPU": 4.0, "GPU": 2.0, "memory": float(8 << 30), "node:1.2.3.4": 1.0},
}
GPU = Needs(resources=(("gpu", 1),))


def test_executors_go_where_units_are_left():
    host = "bbbbbbbbbb"
    assert place_staged(BOOKS, GPU, 1, [], 1) == host
    assert place_staged(BOOKS, GPU, 1, [(host, GPU)], 1) == host
    assert place_staged(BOOKS, GPU, 1, [(host, GPU)] * 2, 1) is None
    other = Needs(memory=1 << 30, resources=(("gpu", 2),))
    assert place_staged(BOOKS, GPU, 1, [(host, other)], 1) is None, "another profile has both"


def test_no_more_executors_than_cores():
    big = Needs(cores=3)
    present = [("aaaaaaaaaa", big)]
    assert place_staged(BOOKS, big, 3, present, 1) == "bbbbbbbbbb"
    assert place_staged(BOOKS, big, 3, [*present, ("bbbbbbbbbb", big)], 1) is None


def test_what_no_machine_has_is_told_with_what_they_offer():
    assert refusal(BOOKS, GPU, 4) is None
    message = refusal(BOOKS, Needs(resources=(("acme", 2),)), 1)
    assert message is not None
    assert "2 acme, on 1 cores. No machine has enough of 'acme'." in message
    assert "aaaaaaaa: 4 CPU, 8192 MiB; bbbbbbbb: 4 CPU, 2 GPU, 8192 MiB" in message


def test_cores_memory_and_units_must_be_on_one_machine():
    assert refusal(BOOKS, Needs(cores=5), 5) is not None
    assert refusal(BOOKS, Needs(memory=9 << 30), 1) is not None
    assert refusal({}, GPU, 1) is not None


def test_a_ray_started_here_gets_our_defaults_and_keeps_what_the_user_says(monkeypatch):
    seed, period = ray_start.RAY_DEFAULTS
    monkeypatch.setenv(seed, "7")
    monkeypatch.delenv(period, raising=False)
    with ray_start.ray_defaults():
        assert os.environ[seed] == "7"
        assert os.environ[period] == ray_start.RAY_DEFAULTS[period]
    assert os.environ[seed] == "7"
    assert period not in os.environ


def test_helpers_of_ray_are_left_out_only_while_ours_starts():
    node, utils = ray_start.ray_node.Node, ray_start.ray_utils
    before = node.start_api_server, node.start_monitor, utils.get_dashboard_dependency_error
    with ray_start.without_helpers():
        assert node.start_api_server(None, include_dashboard=False) is None
        assert node.start_monitor(None) is None
        assert isinstance(utils.get_dashboard_dependency_error(), ImportError)
    after = node.start_api_server, node.start_monitor, utils.get_dashboard_dependency_error
    assert after == before
