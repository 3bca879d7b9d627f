"""What the addresses of the service work with, made once by create_app."""

from dataclasses import dataclass

from service.body import BodyReader
from service.catalog import Catalog
from service.config import ServiceConfig
from service.current_model import CurrentModel
from service.ledger import EnergyLedger
from service.versions import Versions


@dataclass(frozen=True)
class Parts:
    """The parts of one application; `grams_per_kwh` is the CO2e of its grid."""

    config: ServiceConfig
    models: CurrentModel
    catalog: Catalog
    versions: Versions
    ledger: EnergyLedger
    bodies: BodyReader
    grams_per_kwh: float
