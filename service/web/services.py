"""What the addresses of the service work with, made once by create_app."""

from dataclasses import dataclass

from model_store import ModelStore
from service.access.admission import Admission
from service.config import ServiceConfig
from service.serving.catalog import Catalog
from service.serving.current_model import CurrentModel
from service.telemetry.access_log import AccessLog
from service.telemetry.energy_ledger import EnergyLedger
from service.web.body import BodyReader


@dataclass(frozen=True)
class Parts:
    """The parts of one application; `grams_per_kwh` is the CO2e of its grid."""

    config: ServiceConfig
    admission: Admission
    store: ModelStore
    models: CurrentModel
    catalog: Catalog
    ledger: EnergyLedger
    bodies: BodyReader
    grams_per_kwh: float
    access_log: AccessLog
