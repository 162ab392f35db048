"""``format_string``: what is no conversion of Java's."""

from __future__ import annotations

import pytest

from rayspark.datatypes import StringType
from rayspark.execution.kernels.kernel import Failure
from rayspark.execution.kernels.printf import java_format


@pytest.mark.parametrize("pattern", ["%5", "%", "a %- b%", "%s %5", "100%"])
def test_what_is_no_conversion_is_refused(pattern: str) -> None:
    with pytest.raises(Failure, match="INVALID_PARAMETER_VALUE"):
        java_format(pattern, ["x"], (StringType(),))


def test_a_percent_sign_that_is_written_twice_stays() -> None:
    assert java_format("%s: 100%% %3%", ["x"], (StringType(),)) == "x: 100%   %"
