//! Something that is being sent.

use std::net::SocketAddr;
use std::sync::Arc;

use gannet_media::script::{Datagrams, Payload, PayloadStream};
use gannet_scenario::sipp::model::MediaKind;

use super::check::Check;
use super::inbox::{Play, Playable, SocketId};

/// Something that is being sent.
#[derive(Debug)]
pub(super) struct Outgoing {
    pub(super) kind: MediaKind,
    sockets: Vec<(u16, SocketId)>,
    pub(super) to: Option<SocketAddr>,
    progress: Progress,
    /// When the next packet is due, in nanoseconds; kept while it is paused.
    pub(super) due_ns: u64,
    pub(super) paused: bool,
    pub(super) check: Option<Check>,
}

#[derive(Debug)]
enum Progress {
    Datagrams {
        plan: Arc<Datagrams>,
        next: usize,
        begun_ns: u64,
    },
    Stream(PayloadStream),
}

/// What comes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    /// All was sent.
    Over,
    /// Its time has come, but there is nowhere to send it.
    Nothing,
    /// The packet that was written, from one of the sockets.
    Packet { socket: SocketId, to: SocketAddr },
}

/// A stream that is so much behind leaves out what it should have sent meanwhile.
const BEHIND_MAX_NS: u64 = 500_000_000;

impl Outgoing {
    /// Begins now.
    pub(super) fn new(play: Play, now_ns: u64) -> Self {
        let (progress, check) = match play.what {
            Playable::Datagrams(plan) => {
                let datagrams = Progress::Datagrams {
                    plan,
                    next: 0,
                    begun_ns: now_ns,
                };
                (datagrams, None)
            }
            Playable::Stream(stream) => (Progress::Stream(stream), None),
            Playable::Checked(stream, tolerance) => {
                let check = check_of(&stream, tolerance);
                (Progress::Stream(stream), check)
            }
        };
        Self {
            kind: play.kind,
            sockets: play.sockets,
            to: play.to,
            progress,
            due_ns: now_ns,
            paused: false,
            check,
        }
    }

    /// Its sockets.
    pub(super) fn sockets(&self) -> impl Iterator<Item = SocketId> {
        self.sockets.iter().map(|(_, socket)| *socket)
    }

    /// Goes over to the next packet, and writes it. The time of the one after it is then known.
    pub(super) fn next(&mut self, out: &mut Vec<u8>) -> Next {
        out.clear();
        let port_offset = match &mut self.progress {
            Progress::Datagrams {
                plan,
                next,
                begun_ns,
            } => {
                let Some(packet) = plan.packets().get(*next) else {
                    return Next::Over;
                };
                out.extend_from_slice(&packet.payload);
                *next += 1;
                if let Some(after) = plan.packets().get(*next) {
                    self.due_ns = *begun_ns + after.offset.as_nanos() as u64;
                }
                packet.port_offset
            }
            Progress::Stream(stream) => {
                self.due_ns += interval_ns(stream);
                if self.to.is_none() {
                    stream.skip(1);
                } else if !stream.write_next(out) {
                    return Next::Over;
                }
                0
            }
        };
        let of_port = |(offset, _): &&(u16, SocketId)| *offset == port_offset;
        let socket = self.sockets.iter().find(of_port).map(|(_, socket)| *socket);
        let (Some(to), Some(socket)) = (self.to, socket) else {
            return Next::Nothing;
        };
        let port = to.port().wrapping_add(port_offset);
        Next::Packet {
            socket,
            to: SocketAddr::new(to.ip(), port),
        }
    }

    /// It is made of stored octets or a pattern, not of whole datagrams.
    pub(super) fn is_stream(&self) -> bool {
        matches!(self.progress, Progress::Stream(_))
    }

    /// Whether nothing is left, known without sending.
    pub(super) fn is_over(&self) -> bool {
        match &self.progress {
            Progress::Datagrams { plan, next, .. } => *next >= plan.packets().len(),
            Progress::Stream(_) => false,
        }
    }

    /// Goes on after a pause, in the rhythm of before.
    pub(super) fn resume(&mut self, now_ns: u64) {
        self.paused = false;
        if let Progress::Stream(stream) = &mut self.progress {
            let behind_ns = now_ns.saturating_sub(self.due_ns);
            let missed = behind_ns.div_ceil(interval_ns(stream));
            leave_out(stream, &mut self.due_ns, missed);
        }
    }

    /// Leaves out what should have been sent long ago; gives how many packets that were.
    pub(super) fn catch_up(&mut self, now_ns: u64) -> u64 {
        if let Progress::Stream(stream) = &mut self.progress
            && now_ns.saturating_sub(self.due_ns) > BEHIND_MAX_NS
        {
            let missed = (now_ns - self.due_ns) / interval_ns(stream);
            leave_out(stream, &mut self.due_ns, missed);
            return missed;
        }
        0
    }

    /// The time between two packets of a stream.
    pub(super) fn interval_ns(&self) -> Option<u64> {
        match &self.progress {
            Progress::Stream(stream) => Some(interval_ns(stream)),
            Progress::Datagrams { .. } => None,
        }
    }
}

/// Leaves out packets. The timestamps go on as if they had been sent.
fn leave_out(stream: &mut PayloadStream, due_ns: &mut u64, missed: u64) {
    stream.skip(u32::try_from(missed).unwrap_or(u32::MAX));
    *due_ns += missed * interval_ns(stream);
}

fn interval_ns(stream: &PayloadStream) -> u64 {
    u64::from(stream.format().interval_ms) * 1_000_000
}

fn check_of(stream: &PayloadStream, tolerance: f64) -> Option<Check> {
    let format = stream.format();
    match stream.payload() {
        Payload::Pattern(octet) => {
            let interval_ms = format.interval_ms;
            Some(Check::new(*octet, format.octets, interval_ms, tolerance))
        }
        Payload::Stored(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use gannet_media::script::{PayloadFormat, PlannedDatagram, Rounds, StreamIdentity};

    use super::*;

    const MS: u64 = 1_000_000;

    fn socket(number: u64) -> SocketId {
        SocketId { worker: 0, number }
    }

    fn play(what: Playable) -> Outgoing {
        let play = Play {
            kind: MediaKind::Audio,
            sockets: vec![(0, socket(1)), (2, socket(2))],
            to: "192.0.2.1:7000".parse().ok(),
            what,
        };
        Outgoing::new(play, 5 * MS)
    }

    fn stream() -> Playable {
        let format = PayloadFormat::of(0, None).expect("known");
        let identity = StreamIdentity {
            ssrc: 1,
            sequence: 0,
            timestamp: 0,
        };
        let payload = Payload::Pattern(7);
        Playable::Stream(PayloadStream::new(
            payload,
            0,
            format,
            Rounds::Endless,
            identity,
        ))
    }

    fn timestamp(out: &[u8]) -> u32 {
        u32::from_be_bytes([out[4], out[5], out[6], out[7]])
    }

    #[test]
    fn datagrams_go_to_their_ports_at_their_times() {
        let packet = |ms, port_offset| PlannedDatagram {
            offset: Duration::from_millis(ms),
            port_offset,
            payload: vec![port_offset as u8],
        };
        let plan = Datagrams::new(vec![packet(0, 2), packet(30, 0), packet(31, 1)]);
        let mut outgoing = play(Playable::Datagrams(Arc::new(plan)));
        let mut out = Vec::new();
        let to = |port| SocketAddr::new([192, 0, 2, 1].into(), port);
        let written = |number, port| Next::Packet {
            socket: socket(number),
            to: to(port),
        };
        assert_eq!(outgoing.next(&mut out), written(2, 7002));
        assert_eq!((outgoing.due_ns, &out[..]), (35 * MS, &[2][..]));
        assert_eq!(outgoing.next(&mut out), written(1, 7000));
        assert_eq!(outgoing.due_ns, 36 * MS);
        // There is no socket for it.
        assert_eq!(outgoing.next(&mut out), Next::Nothing);
        assert!(outgoing.is_over());
        assert_eq!(outgoing.next(&mut out), Next::Over);
    }

    #[test]
    fn a_stream_keeps_its_rhythm_over_pauses_and_without_a_destination() {
        let mut outgoing = play(stream());
        let mut out = Vec::new();
        assert!(matches!(outgoing.next(&mut out), Next::Packet { .. }));
        assert_eq!((outgoing.due_ns, timestamp(&out)), (25 * MS, 0));
        outgoing.paused = true;
        outgoing.resume(90 * MS);
        assert_eq!(outgoing.due_ns, 105 * MS);
        assert!(matches!(outgoing.next(&mut out), Next::Packet { .. }));
        assert_eq!(timestamp(&out), 5 * 160);
        outgoing.to = None;
        assert_eq!(outgoing.next(&mut out), Next::Nothing);
        outgoing.to = "192.0.2.1:7000".parse().ok();
        assert_eq!(outgoing.catch_up(2_000 * MS), 92);
        assert!(matches!(outgoing.next(&mut out), Next::Packet { .. }));
        assert_eq!((outgoing.due_ns, timestamp(&out)), (2_005 * MS, 99 * 160));
    }
}
