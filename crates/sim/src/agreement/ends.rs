//! How a call that stood can end on one side, and which ends go together.

use gannet_ua::endpoint::{EndCause, Outcome};

/// The end of a call that was answered, as one side saw it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// The other side's BYE.
    Theirs,
    /// Our BYE, answered 200.
    Ours,
    /// Our BYE, answered 481: the other side had ended the call before.
    OursTooLate,
    /// Our BYE, answered 500: a later request of ours had overtaken it (RFC 3261 12.2.2). Needs
    /// proof.
    OursOvertaken,
    /// Our BYE, never answered. Needs proof.
    OursUnheard,
    /// Our 2xx was never acknowledged. Needs proof.
    NoAck,
}

impl End {
    pub(super) fn of(cause: &EndCause) -> Option<Self> {
        match cause {
            EndCause::RemoteBye(_) => Some(Self::Theirs),
            EndCause::LocalBye(Outcome::Response(response))
            | EndCause::SessionExpired(Outcome::Response(response)) => match response.status() {
                Some(200) => Some(Self::Ours),
                Some(481) => Some(Self::OursTooLate),
                Some(500) => Some(Self::OursOvertaken),
                _ => None,
            },
            EndCause::LocalBye(Outcome::Timeout) | EndCause::SessionExpired(Outcome::Timeout) => {
                Some(Self::OursUnheard)
            }
            EndCause::AckMissing => Some(Self::NoAck),
            EndCause::LocalBye(Outcome::TransportFailed)
            | EndCause::SessionExpired(Outcome::TransportFailed)
            | EndCause::LocalCancel(_)
            | EndCause::CancelCrossed
            | EndCause::RemoteCancel(_)
            | EndCause::Rejected(_)
            | EndCause::PrackMissing
            | EndCause::Failed(_) => None,
        }
    }

    /// True if the other side can have ended so. The relation is the same in both directions.
    pub(super) const fn agrees_with(self, other: Self) -> bool {
        match self {
            // Somebody sent the BYE that we got.
            Self::Theirs => matches!(other, Self::Ours | Self::OursUnheard | Self::NoAck),
            // It got our BYE while the call stood, or while its own was on the way.
            Self::Ours => matches!(
                other,
                Self::Theirs
                    | Self::Ours
                    | Self::OursTooLate
                    | Self::OursOvertaken
                    | Self::OursUnheard
            ),
            // It was over for them: their own BYE had been answered, or they had given up.
            Self::OursTooLate => matches!(
                other,
                Self::Ours | Self::OursOvertaken | Self::OursUnheard | Self::NoAck
            ),
            // For them it went on until they ended it.
            Self::OursOvertaken => !matches!(other, Self::Theirs),
            Self::OursUnheard => true,
            Self::NoAck => !matches!(other, Self::Ours),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::End::{self, NoAck, Ours, OursOvertaken, OursTooLate, OursUnheard, Theirs};

    const ALL: [End; 6] = [Theirs, Ours, OursTooLate, OursOvertaken, OursUnheard, NoAck];

    #[test]
    fn agreement_is_mutual() {
        for one in ALL {
            for other in ALL {
                assert_eq!(
                    one.agrees_with(other),
                    other.agrees_with(one),
                    "{one:?} {other:?}"
                );
            }
        }
    }

    #[test]
    fn without_a_lost_claim_somebody_sent_a_bye_that_was_answered() {
        let certain = [Theirs, Ours, OursTooLate];
        for one in certain {
            for other in certain {
                assert_eq!(
                    one.agrees_with(other),
                    matches!((one, other), (Ours, _) | (_, Ours)),
                    "{one:?} {other:?}"
                );
            }
        }
    }
}
