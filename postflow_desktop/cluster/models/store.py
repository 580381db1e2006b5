"""Referrals, purchases, products."""

from __future__ import annotations

from typing import Annotated, Self

from bson import ObjectId
from pydantic import AwareDatetime, Field, StringConstraints, model_validator

from postflow_desktop.cluster.models.base import Number, Stamped, Url, word
from postflow_desktop.cluster.schema.store import CATEGORIES, REFERRAL_STATES

Amount = Annotated[Number, Field(ge=0)]
"""Dollars, or credits."""
Trimmed = Annotated[str, StringConstraints(min_length=1, pattern=r"^\S(.*\S)?$")]


class Referral(Stamped):
    """Who brought whom (`referrals`)."""

    referrer_id: ObjectId
    referred_user_id: ObjectId
    status: Annotated[str, word(REFERRAL_STATES)]
    credits_awarded: bool
    converted_at: AwareDatetime | None = None

    @model_validator(mode="after")
    def _two_people(self) -> Self:
        if self.referrer_id == self.referred_user_id:
            raise ValueError("a person referred themselves")
        return self

    @model_validator(mode="after")
    def _converted_ones_say_when(self) -> Self:
        if self.status == "converted" and self.converted_at is None:
            raise ValueError("it is converted and has no convertedAt")
        return self


class Purchase(Stamped):
    """Something that was bought (`purchases`)."""

    user_id: ObjectId
    product_id: ObjectId
    product_name: Annotated[str, StringConstraints(min_length=1)]
    amount: Amount
    credits_used: Amount
    credit_amount: Amount
    cash_amount: Amount
    payment_method_id: str | None = None
    is_first_purchase: bool
    referral_credit_awarded: bool


class Product(Stamped):
    """Something that can be bought (`products`)."""

    title: Trimmed
    description: str
    author: Trimmed
    price: Amount
    category: Annotated[str, word(CATEGORIES)]
    image_url: Url | None = None
