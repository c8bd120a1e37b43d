//! Which refusals end a subscription.

/// Whether a response with this code to SUBSCRIBE or NOTIFY says that the subscription is gone, or
/// that nothing of its kind will ever work (RFC 5057 5.1, RFC 6665 4.1.2.2, 4.2.2). Every other
/// failure leaves it as it was.
pub(crate) const fn ends_subscription(code: u16) -> bool {
    matches!(code, 404 | 405 | 410 | 416 | 480..=485 | 489 | 501 | 604)
}
