"""Forgetting a customer: the books stay without a name, all else goes, and stays away.

GDPR Art. 17: what the law wants kept is excepted (3 b), and what is needed for claims (3 e).
"""

from crm_cli.features.forgetting.elsewhere import erase, held_elsewhere
from crm_cli.features.forgetting.history import check, for_clones, past_of, rewrite
from crm_cli.features.forgetting.planning import Forgetting, finishing, forget

__all__ = [
    "Forgetting",
    "check",
    "erase",
    "finishing",
    "for_clones",
    "forget",
    "held_elsewhere",
    "past_of",
    "rewrite",
]
