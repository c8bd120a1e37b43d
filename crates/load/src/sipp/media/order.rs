//! What the texts of `rtp_stream` and `rtp_echo` say.

use gannet_media::script::{PayloadFormat, Rounds};
use gannet_scenario::sipp::model::MediaKind;

/// What `rtp_stream` wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum StreamOrder<'a> {
    /// A file is sent.
    File {
        name: &'a str,
        rounds: Rounds,
        format: StreamFormat,
    },
    /// One octet is sent again and again, and expected back.
    Pattern { octet: u8, format: StreamFormat },
    /// Streams of that kind, or all, stop for a while.
    Pause(Option<MediaKind>),
    /// They go on.
    Resume(Option<MediaKind>),
}

/// What kind of stream it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct StreamFormat {
    pub(super) kind: MediaKind,
    pub(super) payload_type: u8,
    pub(super) cut: PayloadFormat,
}

/// What `rtp_echo` of a call wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct EchoOrder {
    pub(super) kind: MediaKind,
    pub(super) on: bool,
}

/// The octets of the patterns 1 to 6.
const PATTERNS: [u8; 6] = [0xAA, 0xBB, 0xCC, 0xDD, 0xEE, 0xFF];

impl<'a> StreamOrder<'a> {
    /// Reads `file[,rounds[,type[,name]]]`, `apattern,number[,type[,name]]` and the commands; with
    /// the payload type of a stream that names none.
    ///
    /// # Errors
    /// What is wrong, in words.
    pub(super) fn parse(text: &'a str, default_type: u8) -> Result<Self, String> {
        let mut parts = text.split(',').map(str::trim);
        let first = parts.next().unwrap_or_default();
        match first {
            "pause" => return Ok(Self::Pause(None)),
            "resume" => return Ok(Self::Resume(None)),
            "pauseapattern" => return Ok(Self::Pause(Some(MediaKind::Audio))),
            "resumeapattern" => return Ok(Self::Resume(Some(MediaKind::Audio))),
            "pausevpattern" => return Ok(Self::Pause(Some(MediaKind::Video))),
            "resumevpattern" => return Ok(Self::Resume(Some(MediaKind::Video))),
            "" => return Err("`rtp_stream` names no file".to_owned()),
            _ => {}
        }
        let kind = match first {
            "apattern" => Some(MediaKind::Audio),
            "vpattern" => Some(MediaKind::Video),
            _ => None,
        };
        let second = parts.next().filter(|part| !part.is_empty());
        let payload_type = match parts.next().filter(|part| !part.is_empty()) {
            None => default_type,
            Some(part) => part
                .parse()
                .ok()
                .filter(|number| *number < 128)
                .ok_or_else(|| {
                    format!("expected a payload type from 0 to 127, received `{part}`")
                })?,
        };
        let name = parts.next().filter(|part| !part.is_empty());
        let format = StreamFormat::of(payload_type, name, kind)?;
        let Some(_) = kind else {
            let rounds = rounds(second)?;
            return Ok(Self::File {
                name: first,
                rounds,
                format,
            });
        };
        let number = second.and_then(|part| part.parse::<usize>().ok());
        let octet = number.and_then(|number| PATTERNS.get(number.checked_sub(1)?));
        match octet {
            Some(octet) => Ok(Self::Pattern {
                octet: *octet,
                format,
            }),
            None => Err("a pattern has a number from 1 to 6".to_owned()),
        }
    }
}

fn rounds(part: Option<&str>) -> Result<Rounds, String> {
    let Some(part) = part else {
        return Ok(Rounds::Times(1));
    };
    match part.parse::<i64>() {
        Ok(-1) => Ok(Rounds::Endless),
        Ok(times) if times >= 0 => Ok(Rounds::Times(u32::try_from(times).unwrap_or(u32::MAX))),
        _ => Err(format!(
            "expected how often the file is sent (-1: without end), received `{part}`"
        )),
    }
}

impl StreamFormat {
    fn of(payload_type: u8, name: Option<&str>, kind: Option<MediaKind>) -> Result<Self, String> {
        let Some(cut) = PayloadFormat::of(payload_type, name) else {
            let named = name.map(|name| format!(" {name}")).unwrap_or_default();
            return Err(format!(
                "payload type {payload_type}{named} is not known: there are 0 PCMU, 8 PCMA, 9 G722, \
                 13 CN, 18 G729, and from 96 to 127 H264/90000 and iLBC/8000"
            ));
        };
        let is_video = name.is_some_and(|name| name.eq_ignore_ascii_case("H264/90000"));
        let own = if is_video {
            MediaKind::Video
        } else {
            MediaKind::Audio
        };
        Ok(Self {
            kind: kind.unwrap_or(own),
            payload_type,
            cut,
        })
    }
}

impl EchoOrder {
    /// Reads `startaudio[,type,name]` and its relatives. What comes back is what came, so type and
    /// name say nothing.
    ///
    /// # Errors
    /// What is wrong, in words.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let known = [
            ("startaudio", MediaKind::Audio, true),
            ("updateaudio", MediaKind::Audio, true),
            ("stopaudio", MediaKind::Audio, false),
            ("startvideo", MediaKind::Video, true),
            ("updatevideo", MediaKind::Video, true),
            ("stopvideo", MediaKind::Video, false),
        ];
        let found = known.iter().find(|(name, ..)| text.starts_with(name));
        match found {
            Some((_, kind, on)) => Ok(Self {
                kind: *kind,
                on: *on,
            }),
            None => Err(format!("`{text}` is no command of `rtp_echo`")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stream(text: &str) -> Result<StreamOrder<'_>, String> {
        StreamOrder::parse(text, 8)
    }

    #[test]
    fn files_have_rounds_types_and_names() {
        for (text, name, rounds, payload_type, kind) in [
            ("a.wav", "a.wav", Rounds::Times(1), 8, MediaKind::Audio),
            ("a,-1", "a", Rounds::Endless, 8, MediaKind::Audio),
            ("a , 3, 0", "a", Rounds::Times(3), 0, MediaKind::Audio),
            (
                "a,0,18,G729/8000",
                "a",
                Rounds::Times(0),
                18,
                MediaKind::Audio,
            ),
            (
                "a,,97,iLBC/8000",
                "a",
                Rounds::Times(1),
                97,
                MediaKind::Audio,
            ),
            (
                "v,2,96,H264/90000",
                "v",
                Rounds::Times(2),
                96,
                MediaKind::Video,
            ),
        ] {
            let Ok(StreamOrder::File {
                name: file,
                rounds: found,
                format,
            }) = stream(text)
            else {
                panic!("{text}: {:?}", stream(text));
            };
            let read = (file, found, format.payload_type, format.kind);
            assert_eq!(read, (name, rounds, payload_type, kind), "{text}");
        }
    }

    #[test]
    fn patterns_and_commands_are_known() {
        let Ok(StreamOrder::Pattern { octet, format }) = stream("vpattern,6,96,H264/90000") else {
            panic!("a pattern");
        };
        assert_eq!((octet, format.kind), (0xFF, MediaKind::Video));
        assert_eq!(stream("pause"), Ok(StreamOrder::Pause(None)));
        let resume = StreamOrder::Resume(Some(MediaKind::Video));
        assert_eq!(stream("resumevpattern"), Ok(resume));
        let echo = |text| EchoOrder::parse(text).map(|order| (order.kind, order.on));
        assert_eq!(echo("startaudio,8,PCMA/8000"), Ok((MediaKind::Audio, true)));
        assert_eq!(echo("stopvideo"), Ok((MediaKind::Video, false)));
    }

    #[test]
    fn faults_are_told() {
        for (text, part) in [
            ("", "no file"),
            ("a,x", "how often"),
            ("a,-2", "how often"),
            ("a,1,200", "payload type from 0 to 127"),
            ("a,1,3", "payload type 3 is not known"),
            ("a,1,96,opus/48000", "payload type 96 opus/48000"),
            ("apattern,7", "from 1 to 6"),
            ("apattern", "from 1 to 6"),
        ] {
            let told = stream(text).expect_err(text);
            assert!(told.contains(part), "{text}: {told}");
        }
        assert!(EchoOrder::parse("begin").is_err());
    }
}
