//! What a phone without media and without a task of its own does not obey of a profile.

use crate::profile::{DtmfStyle, OutgoingStyle, Profile, RtpStyle};

/// The settings that differ from those of a plain phone and mean nothing here. A dial plan concerns
/// numbers, and calls are made to URIs.
pub(crate) fn unobeyed(profile: &Profile) -> Vec<&'static str> {
    let (rtp, outgoing) = (RtpStyle::default(), OutgoingStyle::default());
    let own = &profile.outgoing;
    let settings = [
        ("[rtp]", profile.rtp != rtp),
        ("[dtmf]", profile.dtmf != DtmfStyle::default()),
        (
            "outgoing.early-media",
            own.early_media != outgoing.early_media,
        ),
        ("outgoing.no-answer-time", own.no_answer_time.is_some()),
        ("outgoing.privacy", own.privacy.is_some()),
        ("outgoing.preferred-identity", own.preferred_identity),
    ];
    let changed = settings.into_iter().filter(|(_, changed)| *changed);
    changed.map(|(name, _)| name).collect()
}
