//! `[quirks]`: what a device does wrong on purpose, each a switch of its own.

use super::Key;
use crate::profile::quirks::Quirk;

const GROUP: &str = "quirks";

/// A switch of that name for one fault.
macro_rules! switch {
    ($name:literal, $quirk:ident) => {
        Key {
            group: GROUP,
            name: $name,
            apply: |p, v, d| match v.boolean() {
                Ok(wanted) => p.quirks.set(Quirk::$quirk, wanted),
                Err(problem) => d.push(problem),
            },
        }
    };
}

pub(super) const KEYS: &[Key] = &[
    switch!("lower-case-names", LowerCaseNames),
    switch!("upper-case-names", UpperCaseNames),
    switch!("duplicate-contact", DuplicateContact),
    switch!("empty-supported", EmptySupported),
    switch!("no-max-forwards", NoMaxForwards),
    switch!("no-content-length", NoContentLength),
    switch!("ack-without-route", AckWithoutRoute),
    switch!("answer-without-contact", AnswerWithoutContact),
    switch!("reinvite-without-contact", ReinviteWithoutContact),
    switch!("ringing-without-tag", RingingWithoutTag),
    switch!("unregisters-with-star", UnregistersWithStar),
    switch!("answers-before-prack", AnswersBeforePrack),
    switch!("keeps-sdp-version", KeepsSdpVersion),
    switch!("ignores-update", IgnoresUpdate),
    switch!("ignores-info", IgnoresInfo),
    switch!("ignores-options-in-call", IgnoresOptionsInCall),
    switch!("ignores-options", IgnoresOptions),
    switch!("ignores-prack", IgnoresPrack),
    switch!("ignores-cancel", IgnoresCancel),
    switch!("ignores-bye", IgnoresBye),
    switch!("ignores-refer", IgnoresRefer),
    switch!("ignores-notify", IgnoresNotify),
    switch!("ignores-reinvite", IgnoresReinvite),
    switch!("rtp-instead-of-srtp", RtpInsteadOfSrtp),
    switch!("srtp-instead-of-rtp", SrtpInsteadOfRtp),
    switch!("wrong-srtp-key", WrongSrtpKey),
];
