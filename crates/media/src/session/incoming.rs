//! What a session does with datagrams, and with other sources that use its SSRC.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use gannet_rtp::{DatagramKind, RtcpPacket, RtpPacket, datagram_kind, parse_rtcp};

use crate::listen::duration_of;

use super::handshake::is_handshake;
use super::rtp_session::RtpSession;
use super::sender::Sender;
use super::shield::Content;

impl RtpSession {
    /// Takes in a datagram of either socket. RTP and RTCP are told apart by
    /// their octets (RFC 5761 4); anything else is counted and ignored.
    pub fn handle_datagram(&mut self, now: Instant, from: SocketAddr, datagram: &[u8]) {
        if self.latch.is_shut_out(from) {
            self.ignored += 1;
            return;
        }
        if is_handshake(datagram) {
            return self.handle_handshake(now, from, datagram);
        }
        let content = match datagram_kind(datagram) {
            _ if self.shield.is_open() => return self.handle_plain(now, from, datagram),
            DatagramKind::Rtp => Content::Rtp,
            DatagramKind::Rtcp if self.has_rtcp() => Content::Rtcp,
            DatagramKind::Rtcp | DatagramKind::Other => {
                self.ignored += 1;
                return;
            }
        };
        let mut bare = std::mem::take(&mut self.bare);
        bare.clear();
        bare.extend_from_slice(datagram);
        let codecs = &self.negotiated.receive_payload_types;
        if self.shield.unprotect(now, content, codecs, &mut bare) {
            self.handle_plain(now, from, &bare);
        }
        self.bare = bare;
    }

    fn handle_plain(&mut self, now: Instant, from: SocketAddr, datagram: &[u8]) {
        match datagram_kind(datagram) {
            DatagramKind::Rtp => match RtpPacket::parse(datagram) {
                Ok(packet) => {
                    if self.shield.is_open() {
                        let codecs = &self.negotiated.receive_payload_types;
                        self.shield.watch_plain(&packet, codecs);
                    }
                    self.watch_own_ssrc(&packet, now);
                    let is_agreed = self.receiver.on_packet(&packet, from, now, &mut self.path);
                    if is_agreed && self.latch.hear(from, now) {
                        self.update_halves(now);
                    }
                }
                Err(_) => self.ignored += 1,
            },
            DatagramKind::Rtcp if self.reporter.has_sent(datagram) => self.looped += 1,
            DatagramKind::Rtcp => match parse_rtcp(datagram) {
                Ok(packets) => {
                    self.rtcp_received += 1;
                    self.latch.hear_rtcp(from, now);
                    for packet in packets {
                        self.handle_rtcp(now, packet);
                    }
                }
                Err(_) => self.ignored += 1,
            },
            DatagramKind::Other => self.ignored += 1,
        }
    }

    /// Datagrams from these addresses are counted as ignored and nothing else from now on, in place of
    /// those shut out before: other phones that have answered the same offer send theirs here too.
    pub fn shut_out(&mut self, addresses: Vec<SocketAddr>) {
        self.latch.shut_out(addresses);
    }

    /// What was heard since `since`, 20 s at most, and when the first sample of it was heard. What
    /// did not come is silence.
    pub fn recent_audio(&self, since: Instant) -> (Instant, Vec<i16>) {
        let listener = self.receiver.listener();
        let (start, samples) = self.receiver.tap().since(listener.position(since));
        (listener.instant(start), samples)
    }

    /// How long after its place on the timeline of the listener audio came that was heard between
    /// two moments: the timeline keeps the earliest time that was seen, a way that became longer
    /// shows here. `None` if nothing came, or it is too long ago.
    pub fn arrival_delay(&self, from: Instant, to: Instant) -> Option<Duration> {
        let listener = self.receiver.listener();
        let (from, to) = (listener.position(from), listener.position(to));
        let late = self.receiver.tap().late(from, to)?;
        Some(duration_of(late))
    }

    /// When the next RTP packet is due, if any is: audio that is played from now on begins with it.
    pub fn next_packet_at(&self) -> Option<Instant> {
        self.sender.deadline()
    }

    fn handle_rtcp(&mut self, now: Instant, packet: RtcpPacket) {
        if packet_ssrc(&packet) == Some(self.sender.ssrc) {
            // Another source says that it is us (RFC 3550 8.2).
            self.give_up_ssrc(now);
        }
        let clock_rate = self.sender.clock_rate();
        match packet {
            RtcpPacket::SenderReport { ssrc, info, blocks } => {
                self.receiver
                    .on_sender_report(ssrc, info.ntp_timestamp, now);
                self.reporter.on_blocks(&blocks, clock_rate, now);
            }
            RtcpPacket::ReceiverReport { blocks, .. } => {
                self.reporter.on_blocks(&blocks, clock_rate, now);
            }
            RtcpPacket::SourceDescription { ssrc, cname } => self.receiver.on_cname(ssrc, cname),
            RtcpPacket::Bye { sources, .. } => self.receiver.on_bye(&sources),
            _ => {}
        }
    }

    /// Looks for our own SSRC on packets that come (RFC 3550 8.2). Our own packets that come back
    /// are a loop or an echo; they are heard, as echoes are what many tests are about. Anything
    /// else is another source that chose the same SSRC.
    fn watch_own_ssrc(&mut self, packet: &RtpPacket<'_>, now: Instant) {
        if packet.ssrc() != self.sender.ssrc {
            return;
        }
        if self
            .sender
            .has_sent(packet.sequence_number(), packet.timestamp())
        {
            self.looped += 1;
        } else {
            self.give_up_ssrc(now);
        }
    }

    /// Says BYE for our SSRC and goes on with another one (RFC 3550 8.2).
    fn give_up_ssrc(&mut self, now: Instant) {
        let stats = self.sender.stats();
        let timestamp = self.sender.timestamp_at(now);
        if self.reporter.is_enabled() && stats.packets > 0 {
            let mut bye = Vec::new();
            self.reporter
                .write(now, &stats, timestamp, Vec::new(), true, &mut bye);
            self.farewell = Some(bye);
        }
        let ssrc = self.reporter.change_ssrc(&stats);
        self.sender.ssrc = ssrc;
        self.sender.stats.ssrc = ssrc;
    }
}

impl Sender {
    /// Whether one of the last packets had these numbers.
    fn has_sent(&self, sequence: u16, timestamp: u32) -> bool {
        let behind = u64::from(self.sequence.wrapping_sub(1).wrapping_sub(sequence));
        let age = (self.last_media.0.wrapping_sub(timestamp) as i32).unsigned_abs();
        behind < OWN_PACKETS.min(self.stats.packets) && age < OWN_TIMESTAMPS
    }
}

/// Who sent a packet, where it says so.
fn packet_ssrc(packet: &RtcpPacket) -> Option<u32> {
    match packet {
        RtcpPacket::SenderReport { ssrc, .. } | RtcpPacket::ReceiverReport { ssrc, .. } => {
            Some(*ssrc)
        }
        _ => None,
    }
}

/// Packets of ours that may still come back: those of 10 s.
const OWN_PACKETS: u64 = 500;
/// Their timestamps are nearer than this to the newest one: 10 s at 48 kHz.
const OWN_TIMESTAMPS: u32 = 480_000;
