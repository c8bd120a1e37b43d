//! The rules for a later description in a session (RFC 3264 8).

use gannet_sdp::SessionDescription;

/// Gives `next` the session id of `previous`, and its version: the same if
/// nothing else differs, one more if something does (RFC 3264 8).
pub fn continue_session(previous: &SessionDescription, next: &mut SessionDescription) {
    let (Some(old), Some(mut origin)) = (previous.origin(), next.origin()) else {
        return;
    };
    origin.username.clone_from(&old.username);
    origin.session_id.clone_from(&old.session_id);
    origin.session_version = old.session_version;
    next.replace_first('o', &origin.to_string());
    if next != previous {
        origin.session_version = old.session_version.wrapping_add(1);
        next.replace_first('o', &origin.to_string());
    }
}

/// How a later description of a peer breaks RFC 3264 8.
#[derive(Debug, Clone, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum ContinuationProblem {
    /// The session id or the user name of `o=` changed.
    #[error("expected o= of the same session, {expected}, received {received}")]
    OtherSession {
        /// Earlier `o=` value.
        expected: String,
        /// Later `o=` value.
        received: String,
    },
    /// The description changed and the version did not go up by one.
    #[error("changed description: expected version {expected}, received {received}")]
    Version {
        /// The version before, plus one.
        expected: u64,
        /// The version.
        received: u64,
    },
    /// The version changed and the description did not.
    #[error("unchanged description: expected version {expected}, received {received}")]
    VersionOfUnchanged {
        /// The version before.
        expected: u64,
        /// The version.
        received: u64,
    },
    /// There are fewer `m=` lines than before.
    #[error("expected at least {expected} m= lines, received {received}")]
    FewerMedia {
        /// Lines before.
        expected: usize,
        /// Lines now.
        received: usize,
    },
    /// One of the two has no well-formed `o=` line.
    #[error("no well-formed o= line")]
    NoOrigin,
}

/// Compares two descriptions that one peer sent in a session, one after the
/// other.
pub fn check_continuation(
    previous: &SessionDescription,
    next: &SessionDescription,
) -> Vec<ContinuationProblem> {
    let mut problems = Vec::new();
    let (before, after) = (previous.media().count(), next.media().count());
    if after < before {
        problems.push(ContinuationProblem::FewerMedia {
            expected: before,
            received: after,
        });
    }
    let (Some(old), Some(new)) = (previous.origin(), next.origin()) else {
        problems.push(ContinuationProblem::NoOrigin);
        return problems;
    };
    if (&old.session_id, &old.username) != (&new.session_id, &new.username) {
        problems.push(ContinuationProblem::OtherSession {
            expected: old.to_string(),
            received: new.to_string(),
        });
        return problems;
    }
    let without_origin = |sdp: &SessionDescription| {
        sdp.lines()
            .iter()
            .filter(|line| line.kind() != Some('o'))
            .cloned()
            .collect::<Vec<_>>()
    };
    let changed = old.address != new.address || without_origin(previous) != without_origin(next);
    let next_version = old.session_version.wrapping_add(1);
    if changed && new.session_version != next_version {
        problems.push(ContinuationProblem::Version {
            expected: next_version,
            received: new.session_version,
        });
    } else if !changed && new.session_version != old.session_version {
        problems.push(ContinuationProblem::VersionOfUnchanged {
            expected: old.session_version,
            received: new.session_version,
        });
    }
    problems
}
