"""The examples of deployment: Ray's own schema for its launcher; for KubeRay, what a RayJob can't be without."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import ray
import yaml

_DEPLOY = Path(__file__).parents[3] / "deploy"


_JOB = {"entrypoint", "shutdownAfterJobFinishes", "ttlSecondsAfterFinished", "backoffLimit", "rayClusterSpec"}
_CLUSTER = {"rayVersion", "headGroupSpec", "workerGroupSpecs"}
_GROUP = {"groupName", "replicas", "minReplicas", "maxReplicas", "rayStartParams", "template"}
"""Of KubeRay's fields, those that we use: a misspelt one would be passed over in silence.

Source:
    KubeRay's reference of ray.io/v1, https://ray-project.github.io/kuberay/reference/api/
"""


def read(name: str) -> Any:
    return yaml.safe_load((_DEPLOY / name).read_text("utf-8"))


def test_the_launchers_file_meets_rays_schema() -> None:
    schema = json.loads((Path(ray.__file__).parent / "autoscaler" / "ray-schema.json").read_text("utf-8"))
    config = read("ray-cluster.yaml")
    jsonschema.validate(config, schema)
    assert config["head_node_type"] in config["available_node_types"]


def test_the_rayjob_is_whole_and_no_worker_may_differ_from_the_head() -> None:
    job = read("kuberay.yaml")
    assert (job["apiVersion"], job["kind"]) == ("ray.io/v1", "RayJob")
    cluster = job["spec"]["rayClusterSpec"]
    groups = [cluster["headGroupSpec"], *cluster["workerGroupSpecs"]]
    assert set(job["spec"]) <= _JOB
    assert set(cluster) <= _CLUSTER
    assert all(set(group) <= _GROUP and {"rayStartParams", "template"} <= set(group) for group in groups)
    assert all(isinstance(value, str) for group in groups for value in group["rayStartParams"].values())
    assert f"\nray=={cluster['rayVersion']}\n" in (_DEPLOY.parent / "requirements.lock").read_text("utf-8")
    pods = [group["template"]["spec"] for group in groups]
    containers = [container for pod in pods for container in pod["containers"]]
    assert len({container["image"] for container in containers}) == 1
    assert all(container["env"] == containers[0]["env"] for container in containers)
    for pod in pods:
        volumes = {volume["name"] for volume in pod["volumes"]}
        assert {mount["name"] for container in pod["containers"] for mount in container["volumeMounts"]} <= volumes
    workers = cluster["workerGroupSpecs"][0]
    assert workers["minReplicas"] <= workers["replicas"] <= workers["maxReplicas"]
    cores = workers["replicas"] * int(containers[1]["resources"]["requests"]["cpu"])
    assert f"--workers {cores} " in job["spec"]["entrypoint"]
