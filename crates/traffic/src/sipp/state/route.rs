//! The route set and the target of a dialog (RFC 3261 12.1), as `rrs` keeps them.

use super::Extra;
use crate::sipp::received::Received;

/// Keeps both. False if there is no Contact.
pub(super) fn keep(_extra: &mut Extra, _received: &Received<'_>) -> bool {
    false
}
