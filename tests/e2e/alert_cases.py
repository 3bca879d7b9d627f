"""The cases of every alert: series on which it fires, and on which it is silent."""

from collections.abc import Sequence
from dataclasses import dataclass, field

Series = dict[str, str]
UP = {'up{job="digits",instance="a"}': "1x20000"}
HTTP = 'digits_http_requests_total{{route="/predict",method="POST",code="{}"}}'
SLOW = 'digits_http_request_duration_seconds_{}{{route="/predict"{}}}'
FEEDBACK = 'digits_http_requests_total{{route="/feedback",method="POST",code="{}"}}'
INFO = 'digits_model_info{{instance="{}",version="{}"}}'
ENERGY = 'digits_energy_source_info{instance="a",source="rapl"}'
VOLUME = 'digits_training_volume_free_ratio{volume="models"}'


@dataclass(frozen=True)
class Case:
    """Series by the step, and the alerts that are looked at after so many minutes."""

    fires: Series
    silent: Series
    minutes: int = 120
    step: int = 1  # minutes; of windows of days a longer one does
    also_silent: list[Series] = field(default_factory=list)


def drift(
    labels: Sequence[float], sure: str, unsure: str, version: str = "3"
) -> Series:
    """A day of answers of a version whose reference is evenly spread and sure."""
    of = f'model_version="{version}"'
    series = {
        f'digits_prediction_confidence_bucket{{{of},le="0.9"}}': unsure,
        f'digits_prediction_confidence_bucket{{{of},le="1.0"}}': sure,
        f"digits_prediction_confidence_count{{{of}}}": sure,
        f'digits_reference_confidence_bucket{{{of},le="0.9"}}': "20x20000",
        f'digits_reference_confidence_bucket{{{of},le="1.0"}}': "1000x20000",
        f"digits_reference_confidence_count{{{of}}}": "1000x20000",
    }
    for label, rate in enumerate(labels):
        of_label = f'{{{of},label="{label}"}}'
        series[f"digits_predictions_total{of_label}"] = f"0+{rate}x20000"
        series[f"digits_reference_label_ratio{of_label}"] = "0.1x20000"
    return series


def corrected(per_day: int, version: str = "3") -> Series:
    """By half hours: eight days with 12 accepted corrections, then others."""
    return {
        f'digits_corrections_accepted{{model_version="{version}"}}': (
            f"0+0.25x384 96+{per_day / 48}x60"
        ),
        f'digits_predictions_total{{model_version="{version}",label="1"}}': (
            "0+30x20000"
        ),
    }


FEW, MANY = [0.2] * 10, [10] * 10  # 720 predictions a day are too few to tell drift
DECIDED = 'digits_model_decision_timestamp_seconds{{action="{}"}}'
CASES = {
    "DigitsRolledBack": Case(
        {DECIDED.format("rollback"): "60x200"},
        {DECIDED.format("pin"): "60x200"},
        also_silent=[{DECIDED.format("rollback"): "60x200",
                      DECIDED.format("unpin"): "120x200"}]),
    "DigitsDown": Case({'up{job="digits",instance="a"}': "0x200"}, UP,
                       also_silent=[{**UP, 'up{job="digits",instance="b"}': "0x200"}]),
    "DigitsTwoTrainers": Case(
        {'digits_training_lease_held{instance="a"}': "1x200",
         'digits_training_lease_held{instance="b"}': "1x200"},
        {'digits_training_lease_held{instance="a"}': "1x200",
         'digits_training_lease_held{instance="b"}': "0x200"},
    ),
    "DigitsErrorBudgetFast": Case(
        {HTTP.format(200): "0+98x2000", HTTP.format(500): "0+2x2000"},
        {HTTP.format(200): "0+9999x2000", HTTP.format(500): "0+1x2000"},
        also_silent=[{HTTP.format(200): "0+0x2000", HTTP.format(500): "0+0.05x2000"}],
    ),
    "DigitsErrorBudgetSlow": Case(
        {HTTP.format(200): "0+995x9000", HTTP.format(500): "0+5x9000"},
        {HTTP.format(200): "0+9999x9000", HTTP.format(500): "0+1x9000"},
        minutes=5010, step=30,
    ),
    "DigitsSlow": Case(
        {SLOW.format("bucket", ',le="0.05"'): "0+90x900",
         SLOW.format("count", ""): "0+100x900"},
        {SLOW.format("bucket", ',le="0.05"'): "0+99x900",
         SLOW.format("count", ""): "0+100x900"},
        minutes=400,
    ),
    "DigitsNotReady": Case(UP, {**UP, INFO.format("a", 3): "1x200"}),
    "DigitsNoneReady": Case(UP, {
        **UP, 'up{job="digits",instance="b"}': "1x200", INFO.format("b", 3): "1x200",
    }),
    "DigitsVersionsDiffer": Case(
        {INFO.format("a", 3): "1x200", INFO.format("b", 4): "1x200"},
        {INFO.format("a", 3): "1x200", INFO.format("b", 4): "1x200",
         'digits_model_canary_ratio{model_version="4"}': "0.05x200"},
        also_silent=[{INFO.format("a", 3): "1x60 _x200",
                      INFO.format("b", 3): "1x60 _x200",
                      INFO.format("a", 4): "_x60 1x200"}],
    ),
    "DigitsBrokenVersion": Case(
        {'digits_model_loads_total{outcome="broken"}': "0x90 1x100"},
        {'digits_model_loads_total{outcome="broken"}': "1x200",
         'digits_model_loads_total{outcome="ok"}': "0x90 1x100"},
    ),
    "DigitsStoreAway": Case(
        {'digits_model_loads_total{outcome="unavailable",instance="a"}':
         "0x90 1+60x110"},
        {'digits_model_loads_total{outcome="unavailable",instance="a"}': "0x50 1x200"},
    ),
    "DigitsTrainingLate": Case(
        {"digits_training_last_success_timestamp_seconds": "0x200",
         "digits_training_period_seconds": "3600x200",
         "digits_training_next_run_timestamp_seconds": "7200x200"},
        {"digits_training_last_success_timestamp_seconds": "3600x200",
         "digits_training_period_seconds": "3600x200",
         "digits_training_next_run_timestamp_seconds": "7200x200"},
    ),
    "DigitsTrainingFails": Case(
        {"digits_training_failures_in_a_row": "3x200"},
        {"digits_training_failures_in_a_row": "2x200"},
    ),
    "DigitsCorrectionsDoubled": Case(
        corrected(36), corrected(18), minutes=12_840, step=30,
        also_silent=[corrected(0)],
    ),
    "DigitsFeedbackFlood": Case(
        {FEEDBACK.format(201): "0+3x200"}, {FEEDBACK.format(201): "0+1x200"}
    ),
    "DigitsReviewQueueOld": Case(
        {"digits_corrections_oldest_pending_seconds": "700000x200",
         "digits_corrections_pending": "1x200"},
        {"digits_corrections_oldest_pending_seconds": "500000x200",
         "digits_corrections_pending": "400x200"},
    ),
    "DigitsConfidenceDrift": Case(
        drift(MANY, "0+100x2000", "0+40x2000"), drift(MANY, "0+100x2000", "0+5x2000"),
        minutes=1600, step=4,
        also_silent=[drift(FEW, "0+10x2000", "0+4x2000")],
    ),
    "DigitsLabelDrift": Case(
        drift([0, 50, 0, 0, 0, 0, 0, 50, 0, 0], "0+100x2000", "0+2x2000"),
        drift([10, 20, *[10] * 8], "0+110x2000", "0+2x2000"),
        minutes=1600, step=4,
    ),
    "DigitsRejectedRise": Case(
        {'digits_rejected_images_total{reason="format"}': "0+5x200",
         'digits_predictions_total{model_version="3",label="1"}': "0+20x200"},
        {'digits_rejected_images_total{reason="format"}': "0+5x200",
         'digits_predictions_total{model_version="3",label="1"}': "0+200x200"},
        minutes=150,
    ),
    "DigitsLimiterDegraded": Case(
        {"digits_rate_limit_fallbacks_total": "0+5x200"},
        {"digits_rate_limit_fallbacks_total": "9x200"},
    ),
    "DigitsDatabaseAway": Case(
        {"digits_training_database_up": "0x200"},
        {"digits_training_database_up": "1x200", FEEDBACK.format(503): "4x200"},
    ),
    "DigitsEnergyBlind": Case(
        {**UP, ENERGY: "1x50 _x200"}, {**UP, ENERGY: "1x200"}, minutes=180,
        also_silent=[UP],
    ),
    "DigitsVolumeFull": Case(
        {VOLUME: "0.05x900"}, {VOLUME: "0.6-0.0001x900"}, minutes=400,
        also_silent=[{VOLUME: "0.4x900"}],
    ),
    "DigitsWatchdog": Case({}, {}),
}  # fmt: skip
