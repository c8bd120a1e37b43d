//! What a command line says about media.

use std::path::{Path, PathBuf};

use gannet_net::load::PortOptions;

use super::super::arguments::{Arguments, Source};

/// What a command line says about media.
#[derive(Debug, Clone)]
pub(super) struct Settings {
    /// `-mp`, `-min_rtp_port`.
    pub(super) port: u16,
    /// `-max_rtp_port`.
    pub(super) port_max: u16,
    /// `-rtp_echo`.
    pub(super) echo: bool,
    /// `-mb`.
    pub(super) echo_bytes: usize,
    /// `-rtp_payload`.
    pub(super) payload_type: u8,
    /// How sockets are opened.
    pub(super) options: PortOptions,
    /// The SSRC of the first stream.
    pub(super) first_ssrc: u32,
    /// Shares of audio and video packets that may fail in a check.
    pub(super) tolerances: [f64; 2],
    /// Where files are searched, in this order.
    pub(super) folders: Vec<PathBuf>,
    /// A built-in scenario is played, whose captures are made if they are not there.
    pub(super) makes_captures: bool,
}

/// The SSRC of the first stream, unless it is drawn.
const FIRST_SSRC: u32 = 0xCA11_0000;

impl Settings {
    pub(super) fn of(arguments: &Arguments) -> Self {
        let media = &arguments.media;
        let sources = [
            Some(&arguments.scenario),
            arguments.received.as_ref(),
            arguments.out_of_call.as_ref(),
        ];
        let mut folders: Vec<PathBuf> = Vec::new();
        let mut makes_captures = false;
        for source in sources.into_iter().flatten() {
            match source {
                Source::Builtin(_) => makes_captures = true,
                Source::File(path) => {
                    folders.extend(Path::new(path).parent().map(Path::to_path_buf));
                }
            }
        }
        folders.push(PathBuf::new());
        let first_ssrc = if media.random_ssrc {
            arguments.seed.map_or_else(
                || fastrand::u32(..),
                |seed| fastrand::Rng::with_seed(seed).u32(..),
            )
        } else {
            FIRST_SSRC
        };
        Self {
            port: media.port,
            port_max: media.port_max,
            echo: media.echo,
            echo_bytes: media.echo_bytes,
            payload_type: media.payload_type,
            options: PortOptions {
                buffer_bytes: media.buffer_bytes,
                sparse: true,
                arrival_times: true,
                ..PortOptions::default()
            },
            first_ssrc,
            tolerances: [media.audio_tolerance, media.video_tolerance],
            folders,
            makes_captures,
        }
    }
}
