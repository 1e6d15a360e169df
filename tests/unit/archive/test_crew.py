"""What a cluster that is not there says; the end-to-end tests work on one that is."""

import socket
from contextlib import closing
from pathlib import Path
from unittest.mock import Mock

import pytest

from archive_at_work import make_settings
from vivavoce.archive import crew
from vivavoce.archive.crew import ClusterOptions, RayCrew, open_crew
from vivavoce.errors import MachineError, UsageError

ray = pytest.importorskip("ray", reason="the extra is not installed: pip install 'vivavoce[archive]'")


def test_a_cluster_that_does_not_start_is_no_fault_of_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = Exception("The current node\ntimed out during startup.")  # Ray raises one that has no class of its own
    monkeypatch.setattr(ray, "init", Mock(side_effect=plain))
    with pytest.raises(MachineError, match=r"Ray did not start on this machine: The current node timed out.*try again"):
        _ = RayCrew(make_settings(tmp_path), ClusterOptions()).size


def test_an_address_where_nobody_listens_is_told_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ray, "init", Mock(side_effect=AssertionError("Ray would try for minutes")))
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(MachineError, match=rf"no Ray cluster answers at 127\.0\.0\.1:{port} .*ray start --head"):
        _ = RayCrew(make_settings(tmp_path), ClusterOptions(f"127.0.0.1:{port}")).size


def test_without_ray_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crew, "find_spec", lambda _name: None)
    with pytest.raises(UsageError, match=r"vivavoce\[archive\]"), open_crew(make_settings(tmp_path), ClusterOptions()):
        pass
