"""What the pages that cross apps keep: reorganisations, uploaded rolls, lists of other offices, officers' own views."""

from desk.models.civil import CivilKind as CivilKind
from desk.models.civil import CivilList as CivilList
from desk.models.civil import CivilMatch as CivilMatch
from desk.models.civil import Effect as Effect
from desk.models.civil import Likeness as Likeness
from desk.models.civil import MatchVerdict as MatchVerdict
from desk.models.reorganisation import HamletPlacement as HamletPlacement
from desk.models.reorganisation import Reorganisation as Reorganisation
from desk.models.rolls import RollUpload as RollUpload
from desk.models.rolls import UploadState as UploadState
from desk.models.saved_views import SavedKind as SavedKind
from desk.models.saved_views import SavedView as SavedView
