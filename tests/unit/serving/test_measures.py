"""How many threads and requests a worker has in hand, as it tells once a second."""

from prometheus_client import CollectorRegistry

from serving.measures import Load, Measures


def test_the_most_since_the_last_time_is_told() -> None:
    registry = CollectorRegistry()
    load, measures = Load(threads=2), Measures(registry)

    def told() -> tuple[float | None, ...]:
        load.tell(measures)
        names = ("threads_busy", "requests_waiting", "threads_allowed")
        return tuple(registry.get_sample_value(f"team_secrets_{name}") for name in names)

    for _ in range(5):
        load.begins()
    for _ in range(4):
        load.ends()
    assert told() == (2, 3, 2)
    assert told() == (1, 0, 2)
    load.ends()
    assert told() == (1, 0, 2)
    assert told() == (0, 0, 2)
