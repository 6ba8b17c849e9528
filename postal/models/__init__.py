"""The postal channel's tables: contracts and points, pay days and their lists, marks and proof, what is left over."""

from postal.models.archive import ArchiveState, ListArchive
from postal.models.calendar import Listing, PayDay, PayPlace
from postal.models.contract import Contract, Fee, PayPoint, PersonPoint, PointClerk
from postal.models.marks import Correction, Mark, MarkKind, Notice, NoticeKind, NotPaidReason
from postal.models.proof import CallBack, CallResult, Minutes, Scan
from postal.models.tally import MarkTally, Tally

__all__ = [
    "ArchiveState",
    "CallBack",
    "CallResult",
    "Contract",
    "Correction",
    "Fee",
    "ListArchive",
    "Listing",
    "Mark",
    "MarkKind",
    "MarkTally",
    "Minutes",
    "NotPaidReason",
    "Notice",
    "NoticeKind",
    "PayDay",
    "PayPlace",
    "PayPoint",
    "PersonPoint",
    "PointClerk",
    "Scan",
    "Tally",
]
