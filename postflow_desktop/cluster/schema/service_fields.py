"""Where every field of the two later documents is: external services, and referrals with the store.

Entities are called as the documents call them. A field stands under the same name (`SAME`), under
another one (`RENAMED`), or `INSTEAD` says what holds in its place; so it is with indexes. Times,
which the first of them keeps as numbers, are dates everywhere.
"""

from __future__ import annotations

from collections.abc import Mapping

COLLECTION_OF: Mapping[str, str] = {
    "User": "users",
    "SocialAccount": "socialAccounts",
    "Customer": "customers",
    "Subscription": "subscriptions",
    "SocialPost": "posts",
    "WebhookEvent": "webhookEvents",
    "Users": "users",
    "Referrals": "referrals",
    "Purchases": "purchases",
    "Products": "products",
}
"""Entity (in the referral document a plural) to our collection."""

SAME: Mapping[str, frozenset[str]] = {
    entity: frozenset(fields.split())
    for entity, fields in {
        "User": "_id email firstName lastName username status preferences preferences.theme "
        "preferences.language preferences.timezone preferences.notifications "
        "preferences.notifications.email preferences.notifications.push "
        "preferences.notifications.marketing preferences.notifications.security "
        "preferences.privacy preferences.privacy.profileVisible "
        "preferences.privacy.analyticsEnabled preferences.privacy.dataSharing metadata createdAt "
        "updatedAt lastLoginAt emailVerifiedAt",
        "SocialAccount": "_id platform profileUrl tokenExpiresAt metadata createdAt updatedAt",
        "Customer": "_id userId stripeCustomerId email name defaultPaymentMethodId currency taxIds "
        "taxIds[].type taxIds[].value address address.line1 address.line2 address.city "
        "address.state address.postalCode address.country metadata createdAt updatedAt",
        "Subscription": "_id userId customerId stripeSubscriptionId stripePriceId status "
        "currentPeriodStart currentPeriodEnd cancelAtPeriodEnd canceledAt trialStart trialEnd "
        "quantity metadata createdAt updatedAt",
        "SocialPost": "_id scheduledAt publishedAt createdAt updatedAt",
        "WebhookEvent": "_id source eventType eventId userId payload processed processingError "
        "retryCount createdAt processedAt",
        "Users": "_id clerkUserId referralCode name credits totalCreditsEarned totalReferredUsers "
        "referredBy createdAt updatedAt",
        "Referrals": "_id referrerId referredUserId status creditsAwarded convertedAt createdAt "
        "updatedAt",
        "Purchases": "_id userId productId productName amount creditsUsed creditAmount cashAmount "
        "paymentMethodId isFirstPurchase referralCreditAwarded createdAt updatedAt",
        "Products": "_id title description author price category imageUrl createdAt updatedAt",
    }.items()
}
"""Entity to the fields that its collection has under the document's own name."""

RENAMED: Mapping[str, str] = {
    "User.clerkId": "users.clerkUserId",
    "User.profileImageUrl": "users.avatarUrl",
    "SocialAccount.accountId": "socialAccounts.platformUserId",
    "SocialAccount.accountName": "socialAccounts.displayName",
    "SocialAccount.profileImageUrl": "socialAccounts.avatarUrl",
    "SocialAccount.permissions": "socialAccounts.scopes",
    "SocialPost.userId": "posts.createdBy",
    "SocialPost.content": "posts.content.text",
    "SocialPost.platforms": "posts.socialAccountIds",
    "SocialPost.mediaUrls": "posts.media[].url",
    "SocialPost.ayrsharePostId": "schedules.result.externalId",
}
"""A field to where it is stored under another name."""

INSTEAD: Mapping[str, str] = {
    "User.role": "`users.role` has the platform's roles (user, admin, support) of the schema"
    " document; premium and free are plans: `organizations.planId`.",
    "SocialAccount.userId": "`socialAccounts.organizationId`: accounts belong to the organization,"
    " not to who connected them.",
    "SocialAccount.accessToken": "A sealed envelope in `socialAccounts.accessToken`.",
    "SocialAccount.refreshToken": "A sealed envelope in `socialAccounts.refreshToken`.",
    "SocialAccount.isActive": "`socialAccounts.status` is `active`, and `socialAccounts.pause` is"
    " not set.",
    "SocialAccount.lastSyncAt": "`fetchedAt` of what was fetched, in `analytics`.",
    "SocialPost.noteId": "There are no notes beside posts: a draft is a post.",
    "SocialPost.status": "`posts.status` in the words of the schema document; `deleted` is"
    " `posts.deletedAt`.",
    "SocialPost.analytics": "`analytics`, a document per post and account.",
    "SocialPost.analytics.views": "`analytics.metrics.impressions`.",
    "SocialPost.analytics.likes": "`analytics.metrics.likes`.",
    "SocialPost.analytics.shares": "`analytics.metrics.shares`.",
    "SocialPost.analytics.comments": "`analytics.metrics.comments`.",
    "SocialPost.analytics.clicks": "`analytics.metrics.clicks`.",
    "SocialPost.analytics.lastUpdated": "`analytics.fetchedAt`.",
    "SocialPost.errors": "`schedules.lastError` of each target, and every attempt in"
    " `publishAttempts`.",
    "SocialPost.errors[].platform": "`schedules.platform`.",
    "SocialPost.errors[].error": "`schedules.lastError.message`.",
    "SocialPost.errors[].timestamp": "`publishAttempts.at`.",
    "SocialPost.metadata": "Fields of their own; what a newer client adds to a post is kept.",
}
"""What stands for a field that is not stored as the document has it."""

INDEX_INSTEAD: Mapping[str, str] = {
    "Social Accounts.by_user_id": "Accounts belong to organizations: organizationId, status.",
    "Social Accounts.by_platform": "Asked within an organization: organizationId, platform,"
    " platformUserId.",
    "Social Accounts.by_is_active": "organizationId, status.",
    "Social Accounts.by_user_platform_active": "organizationId, platform, platformUserId; an"
    " organization has few accounts of one network.",
    "Social Posts.by_user_id": "Asked within an organization: organizationId, createdBy,"
    " createdAt.",
    "Social Posts.by_scheduled_at": "organizationId, scheduledAt; over all organizations status,"
    " scheduledAt.",
    "Social Posts.by_published_at": "organizationId, publishedAt.",
    "Social Posts.by_user_scheduled": "organizationId, status, scheduledAt.",
}
"""What stands for an index of the documents; any other is there, or a longer one that begins so."""

RULE_INSTEAD: Mapping[str, str] = {
    "Users can have only one active subscription per price": "One active subscription per"
    " organization and price (a unique partial index): plans belong to organizations.",
    "Social accounts must be unique per user-platform combination": "Unique per organization,"
    " network and the network's own id.",
    "Webhook events must be processed idempotently": "Unique per source and event id.",
    "Post scheduling must be at least 5 minutes in the future": "`settings.minLeadMinutes`, checked"
    " where a post is planned.",
    "preferences: Required, all nested fields required": "Where one is missing its default holds:"
    " people signed up before there were any.",
    "clerkUserId, referralCode: Required": "Unique where they are: people sign up here, and get a"
    " code with the first referral.",
}
"""Rules of the documents that hold in another form."""
