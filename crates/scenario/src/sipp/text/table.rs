//! Keywords that have no parameters.

use crate::sipp::model::{Crypto, CryptoKind, Keyword, MediaKind};

/// A keyword with its offset.
type Make = fn(i32) -> Keyword;

/// Keywords that take an offset, if only to ignore it, and nothing else.
const SIMPLE: [(&str, Make); 36] = [
    ("auto_media_port", |by| Keyword::AutoMediaPort(by, None)),
    ("branch", Keyword::Branch),
    ("call_id", |_| Keyword::CallId),
    ("call_number", |_| Keyword::CallNumber),
    ("clock_tick", |_| Keyword::ClockTick),
    ("cseq", Keyword::Cseq),
    ("date", |_| Keyword::Date),
    ("dynamic_id", |_| Keyword::DynamicId),
    ("last_Request_URI", |_| Keyword::LastRequestUri),
    ("last_cseq_number", Keyword::LastCseqNumber),
    ("last_message", |_| Keyword::LastMessage),
    ("len", Keyword::Len),
    ("local_ip", |_| Keyword::LocalIp),
    ("local_ip_type", |_| Keyword::LocalIpType),
    ("local_port", Keyword::LocalPort),
    ("media_ip", |_| Keyword::MediaIp),
    ("media_ip_type", |_| Keyword::MediaIpType),
    ("media_port", |by| Keyword::MediaPort(by, None)),
    ("msg_index", |_| Keyword::MsgIndex),
    ("next_url", |_| Keyword::NextUrl),
    ("peer_tag_param", |_| Keyword::PeerTagParam),
    ("pid", |_| Keyword::Pid),
    ("remote_host", |_| Keyword::RemoteHost),
    ("remote_ip", |_| Keyword::RemoteIp),
    ("remote_port", Keyword::RemotePort),
    ("routes", |_| Keyword::Routes),
    ("rtpstream_audio_port", |by| {
        Keyword::RtpStreamPort(MediaKind::Audio, by)
    }),
    ("rtpstream_video_port", |by| {
        Keyword::RtpStreamPort(MediaKind::Video, by)
    }),
    ("server_ip", |_| Keyword::ServerIp),
    ("service", |_| Keyword::Service),
    ("sipp_version", |_| Keyword::SippVersion),
    ("tdmmap", |_| Keyword::TdmMap),
    ("timestamp", |_| Keyword::Timestamp),
    ("transport", |_| Keyword::Transport),
    ("userid", |_| Keyword::UserId),
    ("users", |_| Keyword::Users),
];

/// Beginnings of keywords that have parameters.
const OTHERS: [&str; 6] = ["authentication", "field0", "file", "fill", "last_", "$name"];

/// Keywords of SDES have no place in a table of their own; their names are put together.
const CRYPTO_SUITES: [(&str, bool, u8); 4] = [
    ("cryptosuiteaescm128sha180", true, 80),
    ("cryptosuiteaescm128sha132", true, 32),
    ("cryptosuitenullsha180", false, 80),
    ("cryptosuitenullsha132", false, 32),
];

/// The keyword of that name, if it has no parameters.
pub(super) fn simple(name: &str, offset: i32) -> Option<Keyword> {
    let found = SIMPLE.iter().find(|(known, _)| *known == name);
    if let Some((_, keyword)) = found {
        return Some(keyword(offset));
    }
    let (kind, slot, media) = crypto_name(name)?;
    let kind = match kind {
        CryptoKind::KeyParams { .. } => CryptoKind::KeyParams { offset },
        other => other,
    };
    Some(Keyword::Crypto(Crypto { kind, slot, media }))
}

/// Names for suggestions.
pub(super) fn names() -> impl Iterator<Item = String> {
    let simple = SIMPLE.iter().map(|(name, _)| *name);
    simple
        .chain(OTHERS)
        .map(str::to_owned)
        .chain(crypto_names())
}

fn crypto_names() -> impl Iterator<Item = String> {
    let stems = CRYPTO_SUITES.iter().map(|(stem, ..)| *stem).chain([
        "cryptotag",
        "cryptokeyparams",
        "ueaescm128sha180",
        "ueaescm128sha132",
    ]);
    stems
        .flat_map(|stem| ["1audio", "2audio", "1video", "2video"].map(|end| format!("{stem}{end}")))
}

/// What a keyword of SDES prints, its slot and its media.
fn crypto_name(name: &str) -> Option<(CryptoKind, u8, MediaKind)> {
    let (stem, media) = match name.strip_suffix("audio") {
        Some(stem) => (stem, MediaKind::Audio),
        None => (name.strip_suffix("video")?, MediaKind::Video),
    };
    let (stem, slot) = match stem.strip_suffix('1') {
        Some(stem) => (stem, 1),
        None => (stem.strip_suffix('2')?, 2),
    };
    let kind = match stem {
        "cryptotag" => CryptoKind::Tag,
        "cryptokeyparams" => CryptoKind::KeyParams { offset: 0 },
        "ueaescm128sha180" => CryptoKind::Unencrypted { tag_bits: 80 },
        "ueaescm128sha132" => CryptoKind::Unencrypted { tag_bits: 32 },
        _ => {
            let (_, encrypts, tag_bits) =
                CRYPTO_SUITES.iter().find(|(known, ..)| *known == stem)?;
            CryptoKind::Suite {
                encrypts: *encrypts,
                tag_bits: *tag_bits,
            }
        }
    };
    Some((kind, slot, media))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_that_is_suggested_is_one() {
        for name in names().filter(|name| !OTHERS.contains(&name.as_str())) {
            assert!(simple(&name, 0).is_some(), "{name}");
        }
        assert_eq!(crypto_names().count(), 32);
    }

    #[test]
    fn names_of_sdes_are_taken_apart() {
        let crypto = |kind, slot, media| Some(Keyword::Crypto(Crypto { kind, slot, media }));
        let cases = [
            (
                "cryptosuiteaescm128sha1801audio",
                crypto(
                    CryptoKind::Suite {
                        encrypts: true,
                        tag_bits: 80,
                    },
                    1,
                    MediaKind::Audio,
                ),
            ),
            (
                "cryptosuitenullsha1322video",
                crypto(
                    CryptoKind::Suite {
                        encrypts: false,
                        tag_bits: 32,
                    },
                    2,
                    MediaKind::Video,
                ),
            ),
            (
                "ueaescm128sha1321audio",
                crypto(
                    CryptoKind::Unencrypted { tag_bits: 32 },
                    1,
                    MediaKind::Audio,
                ),
            ),
            (
                "cryptokeyparams2video",
                crypto(CryptoKind::KeyParams { offset: -1 }, 2, MediaKind::Video),
            ),
            (
                "cryptotag2audio",
                crypto(CryptoKind::Tag, 2, MediaKind::Audio),
            ),
            ("cryptotag3audio", None),
            ("audio", None),
        ];
        for (name, expected) in cases {
            assert_eq!(simple(name, -1), expected, "{name}");
        }
    }
}
