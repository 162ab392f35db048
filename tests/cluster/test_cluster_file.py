"""The file for Ray's cluster launcher."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from ray.autoscaler._private.util import prepare_config, validate_config

FILE = Path(__file__).parents[2] / "cluster.yaml"


def test_rays_launcher_accepts_it():
    config = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    validate_config(prepare_config(config))  # what `ray up` does first
    del config["available_node_types"]["worker"]["resources"]
    with pytest.raises(Exception, match="'resources' is a required property"):
        validate_config(config)
