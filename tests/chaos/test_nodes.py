"""Nodes die with their object stores: exactly what lay there is made again."""

from __future__ import annotations

import threading

import ray
from job import EXPECTED, MAPS, RECORDS, padded, sums, timed, undisturbed
from ray_rig import Ledger, counts, executors, wait_until

from rayspark import StorageLevel

MAX_LOSS = 10.0
"""Seconds, on a busy machine; see the table. Less than Ray takes to notice by itself."""


def begun_on(ledger, what, *hosts):
    """Partitions whose first try ran on these nodes."""
    first = {}
    for note in ledger.notes(what):
        if note.key not in first or note.tid < first[note.key].tid:
            first[note.key] = note
    return {key: 1 for key, note in sorted(first.items()) if note.host in hosts}


def remove(fleet, sc, *hosts):
    """Take nodes away and wait until the application knows; Ray is told by then."""
    fleet.remove(*hosts)
    wait_until(lambda: set(hosts) <= sc._driver._state.tables.lost_hosts.keys(), "the loss")
    assert not set(hosts) & {node["NodeID"] for node in ray.nodes() if node["Alive"]}


def collect_while(job, disturb):
    """The job's result and time; ``disturb`` runs beside it."""
    thread = threading.Thread(target=disturb)
    thread.start()
    found, seconds = timed(job.collect)
    thread.join()
    return dict(found), seconds


def test_while_mapping(spark, fleet, tmp_path, recovery):
    sc = spark()
    without = undisturbed(sc, tmp_path)
    before, ledger = counts(sc), Ledger(tmp_path / "ledger")
    victim = executors(sc)["1"][0]

    def disturb():
        wait_until(lambda: len(begun_on(ledger, "map", victim)) >= 2, "a second task on the node")
        fleet.remove(victim)

    found, seconds = collect_while(sums(sc, ledger), disturb)
    assert found == EXPECTED
    lost = begun_on(ledger, "map", victim)
    assert 2 <= len(lost) < MAPS
    assert (ledger.again("map"), ledger.again("reduce")) == (lost, {})
    spent = counts(sc) - before
    assert (spent.executors_lost, spent.recomputed) == (1, len(lost))
    assert seconds - without < MAX_LOSS
    again = f"its {len(lost)} maps of {MAPS}"
    recovery("node with its store, while mapping", "same answer", again, seconds, without)


def test_between_map_and_reduce(spark, fleet, tmp_path, recovery):
    sc = spark()
    without = undisturbed(sc, tmp_path)
    before, ledger = counts(sc), Ledger(tmp_path / "ledger")
    job = sums(sc, ledger)
    _, first = timed(lambda: sc.runJob(job, list, [0]))
    victim = ledger.notes("map")[0].host
    lost = begun_on(ledger, "map", victim)
    remove(fleet, sc, victim)
    found, second = timed(job.collect)
    assert dict(found) == EXPECTED
    assert (ledger.again("map"), ledger.again("reduce")) == (lost, {0: 1})
    spent = counts(sc) - before
    assert (spent.executors_lost, spent.recomputed, spent.failed) == (1, len(lost), 0)
    assert first + second - without < MAX_LOSS
    again = f"its {len(lost)} maps of {MAPS}"
    recovery("node, between map and reduce", "same answer", again, first + second, without)


def test_between_map_and_reduce_with_merged_blocks(spark, fleet, tmp_path, recovery):
    sc = spark(spark__ray__mergedBlockSize="500k")  # five of the job's blocks
    maps = 2 * MAPS
    without = undisturbed(sc, tmp_path, maps=maps)
    before, ledger = counts(sc), Ledger(tmp_path / "ledger")
    job = sums(sc, ledger, maps=maps)
    _, first = timed(lambda: sc.runJob(job, list, [0]))
    statuses = list(sc._driver._state.tracker._shuffles.values())[-1].statuses
    victim = next(status.host for status in statuses if len(status.blocks.map_ids) > 1)
    lost = begun_on(ledger, "map", victim)
    remove(fleet, sc, victim)
    found, second = timed(job.collect)
    assert dict(found) == EXPECTED
    assert (ledger.again("map"), ledger.again("reduce")) == (lost, {0: 1})
    spent = counts(sc) - before
    assert (spent.executors_lost, spent.recomputed, spent.failed) == (1, len(lost), 0)
    assert first + second - without < MAX_LOSS
    again = f"its {len(lost)} maps of {maps}"
    recovery("node with merged blocks", "same answer", again, first + second, without)


def test_while_reducing(spark, fleet, tmp_path, recovery):
    sc = spark()
    without = undisturbed(sc, tmp_path, reduce_seconds=0.5)
    ledger = Ledger(tmp_path / "ledger")
    victim = executors(sc)["1"][0]

    def disturb():
        wait_until(lambda: begun_on(ledger, "reduce", victim), "a reduce task on the node")
        fleet.remove(victim)

    found, seconds = collect_while(sums(sc, ledger, reduce_seconds=0.5), disturb)
    assert found == EXPECTED
    assert ledger.again("map") == begun_on(ledger, "map", victim)
    assert set(begun_on(ledger, "reduce", victim)) <= set(ledger.again("reduce"))
    assert seconds - without < MAX_LOSS
    again = f"its {len(ledger.again('map'))} maps, {len(ledger.again('reduce'))} reduces"
    recovery("node, while reducing", "same answer", again, seconds, without)


def kept(sc, ledger, level):
    made = padded(sc, ledger, "made").persist(level)
    assert made.count() == RECORDS
    return made


def test_while_holding_cached_partitions(spark, fleet, tmp_path, recovery):
    sc = spark()
    ledger = Ledger(tmp_path / "ledger")
    cached = kept(sc, ledger, StorageLevel.MEMORY_ONLY)
    _, without = timed(cached.keys().sum)
    victim = ledger.notes("made")[0].host
    lost = begun_on(ledger, "made", victim)
    before = counts(sc)
    remove(fleet, sc, victim)
    found, seconds = timed(cached.keys().sum)
    assert found == sum(range(RECORDS))
    assert ledger.again("made") == lost
    spent = counts(sc) - before
    assert (spent.cache_misses, spent.cache_hits) == (len(lost), MAPS - len(lost))
    assert seconds - without < MAX_LOSS
    again = f"its {len(lost)} partitions of {MAPS}"
    recovery("node that holds cached partitions", "same answer", again, seconds, without)


def test_a_replicated_level_survives_a_node(spark, fleet, tmp_path, recovery):
    sc = spark()
    ledger = Ledger(tmp_path / "ledger")
    cached = kept(sc, ledger, StorageLevel.MEMORY_ONLY_2)
    _, without = timed(cached.keys().sum)
    blocks = sc._driver.cached_blocks
    wait_until(lambda: all(len(b.homes) == 2 for b in blocks().values()), "the second copies")
    before = counts(sc)
    remove(fleet, sc, ledger.notes("made")[0].host)
    found, seconds = timed(cached.keys().sum)
    assert found == sum(range(RECORDS))
    assert ledger.again("made") == {}
    assert (counts(sc) - before).cache_misses == 0
    recovery("node, level MEMORY_ONLY_2", "same answer", "none", seconds, without)


def test_disk_levels_have_as_many_copies_as_they_say(spark, fleet, tmp_path, recovery):
    sc = spark()
    ledger = Ledger(tmp_path / "ledger")
    levels = {2: StorageLevel.DISK_ONLY_2, 3: StorageLevel.DISK_ONLY_3}
    cached = {n: kept(sc, ledger, level) for n, level in levels.items()}
    _, without = timed(cached[3].keys().sum)

    def copies(n):
        entries = sc._driver.cached_blocks().items()
        return {len(e.homes) for block, e in entries if block.rdd == cached[n]._node.id}

    wait_until(lambda: all(copies(n) == {n} for n in levels), "every copy")
    made = ledger.runs("made").total()
    remove(fleet, sc, *sorted({note.host for note in ledger.notes("made")})[:2])
    found, seconds = timed(cached[3].keys().sum)
    assert found == sum(range(RECORDS))
    assert ledger.runs("made").total() == made
    recovery("two nodes of three, level DISK_ONLY_3", "same answer", "none", seconds, without)


def test_two_nodes_at_once(spark, fleet, tmp_path, recovery):
    sc = spark()
    without = undisturbed(sc, tmp_path)
    ledger = Ledger(tmp_path / "ledger")
    job = sums(sc, ledger)
    _, first = timed(lambda: sc.runJob(job, list, [0]))
    victims = sorted({host for host, _ in executors(sc).values()})[:2]
    lost = begun_on(ledger, "map", *victims)
    remove(fleet, sc, *victims)
    found, second = timed(job.collect)
    assert dict(found) == EXPECTED
    assert (ledger.again("map"), ledger.again("reduce")) == (lost, {0: 1})
    again = f"their {len(lost)} maps of {MAPS}"
    recovery("two nodes of three at once", "same answer", again, first + second, without)
