"""What the addresses of the service work with, made once by create_app."""

from dataclasses import dataclass

from flask import current_app

from model_store import Model, ModelStore
from service.access.admission import Admission
from service.config import ServiceConfig
from service.corrections.desk import Desk
from service.corrections.token_key import TokenKey
from service.serving import stopping
from service.serving.catalog import Catalog
from service.serving.current_model import CurrentModel
from service.telemetry.access_log import AccessLog
from service.telemetry.energy_ledger import EnergyLedger
from service.web.problems import ProblemType, Refused


@dataclass(frozen=True)
class Services:
    """The services of one application; `grams_per_kwh` is the CO2e of its grid."""

    config: ServiceConfig
    admission: Admission
    store: ModelStore
    models: CurrentModel
    catalog: Catalog
    ledger: EnergyLedger
    grams_per_kwh: float
    access_log: AccessLog
    token_key: TokenKey
    desk: Desk


def ready_model() -> Model:
    """The model that is loaded, for as long as the service means to go on.

    Raises NoModel; Refused if it is about to stop.
    """
    if stopping.is_announced():
        raise Refused(ProblemType.STOPPING, "the service is about to stop")
    return services().models.get()


def services() -> Services:
    """The services of the application that answers this request."""
    found: Services = current_app.extensions["digits"]
    return found
