"""Makes the Grafana dashboard.

python deploy/grafana/dashboard.py > deploy/grafana/digits.json, after a change here.
"""

import sys
from typing import Final

from grafana_foundation_sdk.builders.dashboard import (
    AnnotationQuery,
    Dashboard,
    DatasourceVariable,
    Row,
)
from grafana_foundation_sdk.builders.prometheus import Dataquery
from grafana_foundation_sdk.builders.timeseries import Panel
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.dashboard import DataSourceRef

SOURCE: Final = DataSourceRef(type_val="prometheus", uid="${source}")
_OWN: Final = '{model_version!="older"}'

# Each row's panels: a title, a unit, and queries with what their series are called.
Queries = list[tuple[str, str]]
ROWS: Final[dict[str, list[tuple[str, str, Queries]]]] = {
    "Traffic": [
        ("Requests a second", "reqps", [
            ("sum by (code) (rate(digits_http_requests_total[5m]))", "{{code}}"),
        ]),
        ("Requests that fail (0.1 % is the objective)", "percentunit", [
            ('sum(rate(digits_http_requests_total{code=~"5.."}[5m])) /'
             " sum(rate(digits_http_requests_total[5m])) or vector(0)", "5xx"),
        ]),
        ("Time of POST /predict", "s", [
            (f"histogram_quantile({q}, sum by (le)"
             ' (rate(digits_http_request_duration_seconds_bucket{route="/predict"}'
             "[5m])))", f"quantile {q}")
            for q in (0.5, 0.99)
        ]),
        ("Version of each instance", "none", [
            ("max by (instance, version) (digits_model_info)",
             "{{instance}}: {{version}}"),
        ]),
    ],
    "Digits": [
        ("Labels", "cps", [
            (f"sum by (label) (rate(digits_predictions_total{_OWN}[5m]))", "{{label}}"),
        ]),
        ("Mean confidence of each version", "percentunit", [
            (f"sum by (model_version) (rate(digits_prediction_confidence_sum{_OWN}"
             f"[5m])) / sum by (model_version)"
             f" (rate(digits_prediction_confidence_count{_OWN}[5m]))",
             "{{model_version}}"),
        ]),
        ("Pictures that are refused", "cps", [
            ("sum by (reason) (rate(digits_rejected_images_total[5m]))", "{{reason}}"),
        ]),
        ("Drift: labels (PSI), confidence and ink (KS)", "none", [
            ("model_version:digits_label_shift:psi1d", "PSI {{model_version}}"),
            ("model_version:digits_confidence_shift:ks1d", "KS {{model_version}}"),
            ("digits:ink_shift:ks1d", "KS of ink"),
        ]),
    ],
    "Energy": [
        ("Joules of a prediction", "joule", [
            ("model_version_source:digits_prediction_energy_joules:mean5m",
             "{{model_version}} ({{source}})"),
        ]),
        ("Watts of the service", "watt", [
            ("sum by (activity) (rate(digits_process_energy_joules_total[5m]))",
             "{{activity}}"),
        ]),
        ("Predictions until training is paid off", "none", [
            ("model_version:digits_predictions:break_even", "{{model_version}}"),
        ]),
    ],
    "Training": [
        ("Hours since the last success, and until the next run", "h", [
            ("(time() - max(digits_training_last_success_timestamp_seconds)) / 3600",
             "since"),
            ("(max(digits_training_next_run_timestamp_seconds) - time()) / 3600",
             "until"),
        ]),
        ("Runs by outcome", "none", [
            ("max by (outcome) (digits_training_runs_total)", "{{outcome}}"),
        ]),
        ("Duration of the last run", "s", [
            ("max(digits_training_duration_seconds)", "seconds"),
        ]),
        ("Schedulers that hold the lease; failures in a row", "none", [
            ("sum(digits_training_lease_held)", "lease"),
            ("max(digits_training_failures_in_a_row)", "failures"),
        ]),
    ],
    "Corrections, store, limits": [
        ("Corrections that wait", "none", [
            ("max(digits_corrections_pending)", "pending"),
        ]),
        ("Versions that were loaded, or could not be", "none", [
            ("sum by (outcome) (digits_model_loads_total)", "{{outcome}}"),
        ]),
        ("Days since the served version was published", "d", [
            ("(time() - max by (model_version)"
             " (digits_model_published_timestamp_seconds)) / 86400",
             "{{model_version}}"),
        ]),
        ("Limits that held for one host alone; free disk", "none", [
            ("sum(rate(digits_rate_limit_fallbacks_total[5m]))", "fallbacks a second"),
            ("min by (volume) (digits_training_volume_free_ratio)",
             "free: {{volume}}"),
        ]),
    ],
}  # fmt: skip


def dashboard() -> str:
    """The dashboard as Grafana's JSON."""
    made = (
        Dashboard("Digits")
        .uid("digits")
        .tags(["digits"])
        .refresh("1m")
        .time("now-6h", "now")
        .timezone("utc")
        .with_variable(DatasourceVariable("source").type("prometheus"))
        .annotation(
            AnnotationQuery()
            .name("decisions")
            .datasource(SOURCE)
            .enable(True)
            .icon_color("orange")
            .expr("changes(digits_model_decision_timestamp_seconds[2m]) > 0")
        )
    )
    for title, panels in ROWS.items():
        made = made.with_row(Row(title))
        for panel in panels:
            made = made.with_panel(_panel(*panel, width=24 // len(panels)))
    return JSONEncoder(sort_keys=True, indent=2).encode(made.build()) + "\n"


def _panel(title: str, unit: str, queries: Queries, width: int) -> Panel:
    panel = Panel().title(title).unit(unit).datasource(SOURCE).span(width).height(8)
    for number, (expr, legend) in enumerate(queries):
        query = Dataquery().expr(expr).legend_format(legend).ref_id("ABC"[number])
        panel = panel.with_target(query)
    return panel


if __name__ == "__main__":
    sys.stdout.write(dashboard())
