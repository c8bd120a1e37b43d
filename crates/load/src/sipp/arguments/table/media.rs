//! RTP.

use super::super::row::{does, nothing};
use super::super::values::{address, number, parsed};
use super::super::{OptionRow, Topic};

const M: Topic = Topic::Media;

pub(super) const ROWS: &[OptionRow] = &[
    does(
        M,
        "-mi",
        "IP",
        "own address of media; else that of -i",
        |all, values| {
            all.media.ip = Some(address(&values[0])?);
            Ok(())
        },
    ),
    does(M, "-mp", "PORT", "first port of media", |all, values| {
        all.media.port = parsed(&values[0], "port")?;
        Ok(())
    }),
    does(M, "-min_rtp_port", "PORT", "as -mp", |all, values| {
        all.media.port = parsed(&values[0], "port")?;
        Ok(())
    }),
    does(
        M,
        "-max_rtp_port",
        "PORT",
        "last port of media",
        |all, values| {
            all.media.port_max = parsed(&values[0], "port")?;
            Ok(())
        },
    ),
    does(
        M,
        "-rtp_echo",
        "",
        "sends back what comes to the ports of media: those of the calls, the first one, and the one two above it",
        |all, _| {
            all.media.echo = true;
            Ok(())
        },
    ),
    does(
        M,
        "-mb",
        "BYTES",
        "longest packet that is sent back",
        |all, values| {
            all.media.echo_bytes = parsed(&values[0], "whole number")?;
            Ok(())
        },
    ),
    does(
        M,
        "-rtp_payload",
        "TYPE",
        "payload type of rtp_stream that names none",
        |all, values| {
            all.media.payload_type = parsed::<u8>(&values[0], PAYLOAD)?;
            if all.media.payload_type > 127 {
                return Err(PAYLOAD);
            }
            Ok(())
        },
    ),
    nothing(
        M,
        "-rtp_threadtasks",
        "N",
        "without effect: streams are not bound to threads in fixed numbers",
    ),
    does(
        M,
        "-rtp_buffsize",
        "BYTES",
        "buffers of media sockets in the kernel",
        |all, values| {
            all.media.buffer_bytes = Some(parsed(&values[0], "whole number")?);
            Ok(())
        },
    ),
    does(
        M,
        "-random_base_ssrc",
        "",
        "SSRCs begin anywhere",
        |all, _| {
            all.media.random_ssrc = true;
            Ok(())
        },
    ),
    does(
        M,
        "-audiotolerance",
        "SHARE",
        "share of audio packets that may fail in a check, 0 to 1",
        |all, values| {
            all.media.audio_tolerance = share(&values[0])?;
            Ok(())
        },
    ),
    does(
        M,
        "-videotolerance",
        "SHARE",
        "share of video packets that may fail in a check, 0 to 1",
        |all, values| {
            all.media.video_tolerance = share(&values[0])?;
            Ok(())
        },
    ),
    nothing(
        M,
        "-rtpcheck_debug",
        "",
        "without effect: the last screen tells what checks have found",
    ),
    nothing(
        M,
        "-srtpcheck_debug",
        "",
        "without effect: a warning tells of packets that are not authentic",
    ),
];

const PAYLOAD: &str = "payload type from 0 to 127";

fn share(text: &str) -> Result<f64, &'static str> {
    const EXPECTED: &str = "share from 0 to 1";
    let share = number(text).map_err(|_| EXPECTED)?;
    (share <= 1.0).then_some(share).ok_or(EXPECTED)
}
