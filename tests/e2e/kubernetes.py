"""The manifests of deploy/kubernetes, as kubectl renders them."""

import functools
import subprocess
from pathlib import Path
from typing import Any

import yaml

from tests.support.environment import ROOT

DIRECTORY = ROOT / "deploy" / "kubernetes"

Manifest = dict[str, Any]


def run(*command: object) -> "subprocess.CompletedProcess[str]":
    words = [str(word) for word in command]
    return subprocess.run(words, capture_output=True, text=True, check=False)


@functools.cache
def rendered(tools: Path, directory: Path) -> str:
    rendering = run(tools / "kubectl", "kustomize", directory)
    assert rendering.returncode == 0, rendering.stderr
    return rendering.stdout


def manifests(tools: Path, overlay: str) -> list[Manifest]:
    return list(yaml.safe_load_all(rendered(tools, DIRECTORY / "overlays" / overlay)))


def of_kind(found: list[Manifest], *kinds: str) -> list[Manifest]:
    return [manifest for manifest in found if manifest["kind"] in kinds]


def pod(manifest: Manifest) -> Manifest:
    """The pod template of a Deployment, a Job, a CronJob or an InferenceService."""
    spec = manifest["spec"]
    if manifest["kind"] == "InferenceService":
        predictor = spec["predictor"]
        return {"metadata": {"labels": predictor["labels"]}, "spec": predictor}
    if manifest["kind"] == "CronJob":
        spec = spec["jobTemplate"]["spec"]
    template: Manifest = spec["template"]
    return template


def workloads(found: list[Manifest]) -> list[Manifest]:
    return of_kind(found, "Deployment", "Job", "CronJob", "InferenceService")


def labels(template: Manifest) -> set[tuple[str, str]]:
    return set(template["metadata"]["labels"].items())
