"""Where the made-up people live: the old communes of Bình Thuận, in rough proportion to their population.

Populations are rounded from the census of 2019; rates are what the district tables of the demonstration show in
December 2024, about the spread one finds between a provincial town and a mountain district.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from areas.models import Level, Unit
from desk.synthetic.names import CHAM, HIGHLAND, KINH

# District code: (population in thousands, share paid through accounts at the end).
DISTRICTS: dict[str, tuple[float, float]] = {
    "593": (226.7, 0.52),  # Phan Thiết
    "594": (107.1, 0.45),  # La Gi
    "595": (140.7, 0.38),  # Tuy Phong
    "596": (131.3, 0.32),  # Bắc Bình
    "597": (187.4, 0.31),  # Hàm Thuận Bắc
    "598": (108.3, 0.34),  # Hàm Thuận Nam
    "599": (102.0, 0.28),  # Tánh Linh
    "600": (123.6, 0.41),  # Đức Linh
    "601": (77.5, 0.36),  # Hàm Tân
    "602": (27.3, 0.48),  # Phú Quý
}
_OTHER_DISTRICT = (100.0, 0.38)
CHAM_COMMUNES = {"22987", "23035", "23038", "23044", "23059", "23149"}
HIGHLAND_COMMUNES = {
    "22975", "23008", "23011", "23017", "23026", "23065", "23068", "23074", "23113", "23116", "23161",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Place:
    """One commune: `weight` shares out people, `ease` says how readily its people take to an account."""

    id: int
    code: str
    district: str
    district_rate: float
    weight: float
    ease: float
    people: str
    urban: bool

    @property
    def remote(self) -> bool:
        return self.people == HIGHLAND


class NoPlaces(LookupError):
    """The province has no communes on the day asked: its areas are not loaded."""


def load_places(*, province: str, on: date) -> list[Place]:
    """The province's communes on a day, ordered by code; NoPlaces where none is loaded."""
    inside = Q(parent__parent__code=province) | Q(parent__code=province, parent__level=Level.PROVINCE)
    communes = list(Unit.objects.on(on).communes().filter(inside).select_related("parent").order_by("code"))
    if not communes:
        raise NoPlaces(province)
    raw = {commune.code: _raw_weight(commune) for commune in communes}
    totals: dict[str, float] = {}
    for commune in communes:
        totals[_district(commune)] = totals.get(_district(commune), 0) + raw[commune.code]
    places = []
    for commune in communes:
        population, rate = DISTRICTS.get(_district(commune), _OTHER_DISTRICT)
        urban = commune.kind != "xã"
        people = _people(commune.code)
        places.append(
            Place(
                id=commune.pk,
                code=commune.code,
                district=_district(commune),
                district_rate=rate,
                weight=population * raw[commune.code] / totals[_district(commune)],
                ease=(1.2 if urban else 0.5 if people == HIGHLAND else 1.0) * _own(commune.code, 101),
                people=people,
                urban=urban,
            )
        )
    return places


def _district(commune: Unit) -> str:
    return commune.parent.code if commune.parent else ""


def _people(code: str) -> str:
    return HIGHLAND if code in HIGHLAND_COMMUNES else CHAM if code in CHAM_COMMUNES else KINH


def _raw_weight(commune: Unit) -> float:
    if commune.code in HIGHLAND_COMMUNES:
        return 0.35 * _own(commune.code, 37)
    return (1.4 if commune.kind == "thị trấn" else 1.0) * _own(commune.code, 37)


def _own(code: str, factor: int) -> float:
    """A fixed number from 0.7 to 1.3 for each commune, so that they differ as communes do."""
    return 0.7 + int(code) * factor % 61 / 100
