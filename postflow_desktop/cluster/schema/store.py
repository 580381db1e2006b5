"""Referrals, and the store with its products and purchases."""

from __future__ import annotations

from postflow_desktop.cluster.schema.spec import (
    BOOL,
    DATE,
    OBJECT_ID,
    CollectionSpec,
    Document,
    index,
    nullable,
    one_of,
    text,
    words,
)

REFERRAL_STATES = ("pending", "converted")
CATEGORIES = ("ebook", "course", "template", "software", "other")
AMOUNT: Document = {"bsonType": ["int", "long", "double", "decimal"], "minimum": 0}
"""Dollars, or credits."""

REFERRALS = CollectionSpec(
    name="referrals",
    required=(
        "referrerId",
        "referredUserId",
        "status",
        "creditsAwarded",
        "createdAt",
        "updatedAt",
    ),
    properties={
        "referrerId": OBJECT_ID,
        "referredUserId": OBJECT_ID,
        "status": one_of(REFERRAL_STATES),
        "creditsAwarded": BOOL,
        "convertedAt": nullable(DATE),
        "createdAt": DATE,
        "updatedAt": DATE,
    },
    rule={"$expr": {"$ne": ["$referrerId", "$referredUserId"]}},
    indexes=(
        index("referrerId"),
        index("referredUserId", unique=True),
        index("status"),
        index("referrerId", "referredUserId", unique=True),
    ),
)

PURCHASES = CollectionSpec(
    name="purchases",
    required=(
        "userId",
        "productId",
        "productName",
        "amount",
        "creditsUsed",
        "creditAmount",
        "cashAmount",
        "isFirstPurchase",
        "referralCreditAwarded",
        "createdAt",
        "updatedAt",
    ),
    properties={
        "userId": OBJECT_ID,
        "productId": OBJECT_ID,
        "productName": text(300, min_length=1),
        "amount": AMOUNT,
        "creditsUsed": AMOUNT,
        "creditAmount": AMOUNT,
        "cashAmount": AMOUNT,
        "paymentMethodId": nullable(text(255)),
        "isFirstPurchase": BOOL,
        "referralCreditAwarded": BOOL,
        "createdAt": DATE,
        "updatedAt": DATE,
    },
    indexes=(
        index("userId"),
        index("productId"),
        index("-createdAt"),
        index("isFirstPurchase"),
        # Of two purchases at once only one is somebody's first.
        index("userId", "isFirstPurchase", unique=True, partial={"isFirstPurchase": True}),
    ),
)

PRODUCTS = CollectionSpec(
    name="products",
    required=("title", "description", "author", "price", "category", "createdAt", "updatedAt"),
    properties={
        # Trimmed: neither begins nor ends with a blank.
        "title": {**text(300, min_length=1), "pattern": r"^\S(.*\S)?$"},
        "description": text(20_000),
        "author": {**text(200, min_length=1), "pattern": r"^\S(.*\S)?$"},
        "price": AMOUNT,
        "category": one_of(CATEGORIES),
        "imageUrl": nullable(text(2048)),
        "createdAt": DATE,
        "updatedAt": DATE,
    },
    indexes=(index("category"), index("price"), words("title")),
)

STORE_COLLECTIONS: tuple[CollectionSpec, ...] = (REFERRALS, PURCHASES, PRODUCTS)
"""The collections of rewards and the store."""
