"""Where every field of the schema document is: the one table from its words to ours.

A field stands under its own name with its own meaning, or `INSTEAD` says what holds in its place.
Nested fields are written as the document writes them (`media[].url`, `limits.teamMembers`).
"""

from __future__ import annotations

from collections.abc import Mapping

_STAMPS = "_id createdAt updatedAt "

AS_WRITTEN: Mapping[str, frozenset[str]] = {
    name: frozenset((_STAMPS + fields).split())
    for name, fields in {
        "users": "email emailVerified name avatarUrl locale timezone role lastLoginAt loginCount "
        "status deletedAt",
        "organizations": "name slug logoUrl timezone planId stripeCustomerId "
        "stripeSubscriptionId subscriptionStatus trialEndsAt settings status",
        "memberships": "userId organizationId role invitedBy invitedAt joinedAt",
        "socialAccounts": "organizationId platformUserId platformUsername displayName avatarUrl "
        "tokenExpiresAt scopes metadata status lastErrorAt lastErrorCode lastErrorMessage "
        "lastRefreshedAt",
        "posts": "organizationId createdBy status content content.text content.linkUrl "
        "content.linkTitle content.linkDescription content.linkImageUrl variants "
        "variants[].socialAccountId variants[].text variants[].linkUrl media media[].type "
        "media[].width media[].height media[].duration socialAccountIds scheduledAt timezone "
        "queuePosition publishedAt failureReason failureCode",
        "queues": "organizationId socialAccountId name enabled timeSlots timeSlots[].hour "
        "timeSlots[].minute daysOfWeek maxPostsPerDay timezone",
        "schedules": "organizationId postId socialAccountId scheduledAt timezone publishedAt",
        "analytics": "organizationId postId socialAccountId platformPostId platformPostUrl metrics "
        "metrics.impressions metrics.likes metrics.comments metrics.shares metrics.clicks "
        "metrics.engagement metrics.reach fetchedAt",
        "subscriptionPlans": "slug name description stripePriceId stripePriceIdYearly amountCents "
        "interval limits limits.socialAccounts limits.postsPerMonth limits.teamMembers "
        "limits.workspaces features sortOrder active",
        "billingRecords": "organizationId type stripeInvoiceId stripePaymentIntentId "
        "stripeSubscriptionId planId planSlug amountCents currency status periodStart periodEnd "
        "usageSnapshot metadata",
    }.items()
}
"""Collection to the fields that are stored as the document has them."""

INSTEAD: Mapping[str, str] = {
    "users.passwordHash": "Null for everybody: signing in unlocks the private keys in `users.keys`,"
    " so that there is no hash to attack.",
    "socialAccounts.platform": "`x` where the document says `twitter` (which is read as `x`), and"
    " the networks of the other documents beside it.",
    "socialAccounts.accessToken": "A sealed envelope of `vault` under the organization's key;"
    " `tokenVersion` is bound into it.",
    "socialAccounts.refreshToken": "A sealed envelope like `accessToken`.",
    "posts.media[].url": "`media:<sha256>` for what lies in the cluster (GridFS of `<db>_media`).",
    "posts.media[].key": "`media[].sha256`: the bytes are found by their content, not in a bucket.",
    "posts.idempotencyKey": "`<organizationId>:<key>`, so that keys of two organizations never"
    " meet and the index survives sharding by organization.",
    "schedules.status": "The document's four words and, for what lies between them, `claimed`,"
    " `sending`, `processing`, `reconciling`, `missed`, `needs_attention`.",
}
"""What stands for a field that is not stored as the document has it."""
