//! Two sessions and their figures: RTCP, loss, DTMF, addresses, recordings,
//! replayed captures, and any octets at all.

mod bench;

use std::time::Duration;

use bench::{Bench, LEFT, RIGHT, ms, negotiated, rtp_address, secs};
use etherparse::PacketBuilder;
use gannet_media::{
    Channel, Codec, Encoder, Mark, Replay, ReplayError, RtpSession, Sound, Source, Tone, read_wav,
    render,
};
use gannet_rtp::RtpPacketBuilder;
use pcap_file::DataLink;
use pcap_file::pcap::{PcapHeader, PcapPacket, PcapWriter};
use pcap_file::pcapng::PcapNgWriter;
use pcap_file::pcapng::blocks::enhanced_packet::EnhancedPacketBlock;
use pcap_file::pcapng::blocks::interface_description::InterfaceDescriptionBlock;

#[test]
fn both_sides_count_what_was_sent_and_lost() {
    let mut bench = Bench::new(Codec::Pcmu);
    bench.loss = 0.1;
    bench.delay = (ms(40), ms(30));
    bench.run(secs(30));
    let (left, right) = (bench.ends[LEFT].report(), bench.ends[RIGHT].report());
    let stream = right.main_stream().expect("a stream");
    assert_eq!(left.sent.packets, 1501);
    assert_eq!(left.sent.octets, 1501 * 160);
    assert_eq!(stream.ssrc, left.sent.ssrc);
    assert!(stream.packets + stream.lost <= 1501 && stream.packets + stream.lost > 1480);
    assert!(
        stream.lost_percent > 7.0 && stream.lost_percent < 13.0,
        "{stream:?}"
    );
    assert!(
        stream.reordered > 10 && stream.duplicates == 0,
        "{stream:?}"
    );
    assert!(
        stream.jitter > ms(4) && stream.jitter_max < ms(30),
        "{stream:?}"
    );
    assert_eq!(stream.payload_types, [0]);
    assert_eq!(stream.source, rtp_address(LEFT));
    assert!(stream.cname.is_some());
    assert!(left.rtcp_received > 3 && left.rtcp_sent > 3, "{left:?}");
    let remote = left.remote.expect("a report about us");
    assert!(remote.cumulative_lost > 50, "{remote:?}");
    let round_trip = remote.round_trip.expect("our SR came back");
    assert!(
        round_trip > ms(75) && round_trip < ms(145),
        "{round_trip:?}"
    );
}

#[test]
fn rtcp_goes_from_its_own_socket_unless_multiplexed() {
    for (mux, channel, port) in [(false, Channel::Rtcp, 4001), (true, Channel::Rtp, 4000)] {
        let change = move |_, config: &mut gannet_media::RtpSessionConfig| {
            config.negotiated.rtcp_mux = mux;
            if mux {
                config.negotiated.remote_rtcp = config.negotiated.remote;
            }
        };
        let mut bench = Bench::with(change, Codec::Pcmu);
        let mut out = Vec::new();
        let session = &mut bench.ends[LEFT];
        let at = bench.start + secs(10);
        let mut rtcp = Vec::new();
        while let Some(transmit) = session.poll_transmit(at, &mut out) {
            if gannet_rtp::datagram_kind(&out) == gannet_rtp::DatagramKind::Rtcp {
                rtcp.push((transmit.channel, transmit.destination.port()));
            }
        }
        assert_eq!(rtcp, [(channel, port)]);
    }
}

#[test]
fn dtmf_keys_arrive_with_their_length() {
    let mut bench = Bench::new(Codec::Pcma);
    bench.ends[LEFT].set_source(Source::Mark(Mark::nth(0)), bench.start);
    for key in "12#A".chars() {
        assert!(bench.ends[LEFT].send_dtmf(key, ms(100)));
    }
    assert!(!bench.ends[LEFT].send_dtmf('x', ms(100)));
    bench.loss = 0.1;
    bench.run(secs(2));
    assert_eq!(bench.ends[LEFT].dtmf_pending(), 0);
    let events = bench.ends[RIGHT].received_events();
    let keys: String = events.iter().filter_map(|event| event.key).collect();
    assert_eq!(keys, "12#A");
    assert!(
        events
            .iter()
            .all(|event| event.ended && event.duration == ms(100)),
        "{events:?}"
    );
    assert_eq!(
        bench.ends[RIGHT].report().received[0].unexpected_payload_type,
        0
    );
}

#[test]
fn rtp_goes_to_where_it_comes_from_if_symmetric() {
    for symmetric in [true, false] {
        let mut bench = Bench::with(|_, config| config.symmetric = symmetric, Codec::Pcmu);
        let elsewhere = "203.0.113.5:9000".parse().expect("valid");
        let stranger = "203.0.113.6:9000".parse().expect("valid");
        let mut datagram = Vec::new();
        bench.ends[RIGHT]
            .poll_transmit(bench.start, &mut datagram)
            .expect("due");
        let now = bench.start;
        let session = &mut bench.ends[LEFT];
        session.handle_datagram(now, elsewhere, &datagram);
        let expected = if symmetric {
            elsewhere
        } else {
            rtp_address(RIGHT)
        };
        assert_eq!(session.destination(), expected);
        // A second source only takes over when the first has gone quiet.
        session.handle_datagram(now + ms(20), stranger, &datagram);
        assert_eq!(session.destination(), expected);
        session.handle_datagram(now + secs(2), stranger, &datagram);
        let expected = if symmetric {
            stranger
        } else {
            rtp_address(RIGHT)
        };
        assert_eq!(session.destination(), expected);
    }
}

#[test]
fn a_payload_type_that_was_not_agreed_is_counted_and_not_heard() {
    let change = |end, config: &mut gannet_media::RtpSessionConfig| {
        if end == RIGHT {
            config.negotiated.receive_payload_types = vec![(8, Codec::Pcma)];
        }
    };
    let mut bench = Bench::with(change, Codec::Pcmu);
    bench.ends[LEFT].set_source(Source::tone(440.0), bench.start);
    bench.run(secs(1));
    let report = bench.ends[RIGHT].report();
    assert_eq!(
        report.received[0].unexpected_payload_type,
        report.received[0].packets
    );
    let heard = bench.ends[RIGHT]
        .listener()
        .heard(Sound::Any, bench.start, bench.now);
    assert!(heard.covered.is_zero());
}

#[test]
fn a_recording_is_a_wav_file_of_what_came() {
    let mut bench = Bench::new(Codec::Pcma);
    bench.loss = 0.05;
    bench.ends[LEFT].set_source(Source::tone(440.0), bench.start);
    bench.run(secs(1));
    let now = bench.now;
    bench.ends[RIGHT].start_recording(secs(2), now);
    bench.run(secs(3));
    let samples = read_wav(&bench.ends[RIGHT].wav_bytes()).expect("our own file");
    assert_eq!(samples.len(), 16_000);
    assert!((gannet_media::level_dbfs(&samples) + 13.0).abs() < 1.5);
    assert_eq!(bench.ends[RIGHT].stop_recording().len(), 16_000);
    assert_eq!(bench.ends[RIGHT].recorded(), []);
}

/// UDP datagrams with A-law packets of `samples`, 20 ms each, over IPv4 or IPv6.
fn frames(samples: &[i16], link: DataLink, ipv6: bool) -> Vec<(Duration, Vec<u8>)> {
    let frame = |(n, chunk): (usize, &[i16])| {
        let mut payload = Vec::new();
        Encoder::new(Codec::Pcma).encode(chunk, &mut payload);
        let rtp = RtpPacketBuilder::<&[u8], &[u8]>::new()
            .payload_type(8)
            .sequence_number(n as u16)
            .timestamp(n as u32 * 160)
            .ssrc(77)
            .payload(&payload)
            .write_vec()
            .expect("fits");
        let mut octets = Vec::new();
        macro_rules! udp {
            ($start:expr) => {
                $start
                    .udp(4000, 5000)
                    .write(&mut octets, &rtp)
                    .expect("memory")
            };
        }
        let (v4, v6) = ([192, 0, 2, 1], [1; 16]);
        match (link, ipv6) {
            (DataLink::ETHERNET, false) => {
                udp!(PacketBuilder::ethernet2([1; 6], [2; 6]).ipv4(v4, v4, 64));
            }
            (DataLink::ETHERNET, true) => {
                udp!(PacketBuilder::ethernet2([1; 6], [2; 6]).ipv6(v6, v6, 64));
            }
            (_, false) => udp!(PacketBuilder::ipv4(v4, v4, 64)),
            (_, true) => udp!(PacketBuilder::ipv6(v6, v6, 64)),
        }
        let mut header = match link {
            DataLink::NULL => vec![2, 0, 0, 0],
            DataLink::LINUX_SLL => vec![0, 0, 0, 1, 0, 6, 1, 2, 3, 4, 5, 6, 0, 0, 8, 0],
            DataLink::LINUX_SLL2 => {
                let mut header = vec![0; 20];
                header[0] = 8;
                header
            }
            _ => Vec::new(),
        };
        header.extend(octets);
        (ms(1_000_000 + 20 * n as u64), header)
    };
    samples.chunks(160).enumerate().map(frame).collect()
}

fn pcap(link: DataLink, frames: &[(Duration, Vec<u8>)]) -> Vec<u8> {
    let header = PcapHeader {
        datalink: link,
        ..PcapHeader::default()
    };
    let mut writer = PcapWriter::with_header(Vec::new(), header).expect("memory");
    for (at, octets) in frames {
        let packet = PcapPacket::new(*at, octets.len() as u32, octets);
        writer.write_packet(&packet).expect("memory");
    }
    writer.into_writer()
}

fn pcapng(link: DataLink, frames: &[(Duration, Vec<u8>)]) -> Vec<u8> {
    let mut writer = PcapNgWriter::new(Vec::new()).expect("memory");
    let interface = InterfaceDescriptionBlock::new(link, 0);
    writer.write_pcapng_block(interface).expect("memory");
    for (at, octets) in frames {
        // The writer puts nanoseconds where this interface has microseconds.
        let block = EnhancedPacketBlock {
            interface_id: 0,
            timestamp: Duration::from_nanos(at.as_micros() as u64),
            original_len: octets.len() as u32,
            data: octets.into(),
            options: Vec::new(),
        };
        writer.write_pcapng_block(block).expect("memory");
    }
    writer.into_inner()
}

#[test]
fn captures_of_all_link_types_are_replayed_round_after_round() {
    let samples = render(&[Tone::new(1004.0)], secs(1));
    let cases = [
        (DataLink::ETHERNET, false),
        (DataLink::ETHERNET, true),
        (DataLink::RAW, false),
        (DataLink::RAW, true),
        (DataLink::LINUX_SLL, false),
        (DataLink::LINUX_SLL2, false),
        (DataLink::NULL, false),
    ];
    for (link, ipv6) in cases {
        let frames = frames(&samples, link, ipv6);
        for capture in [pcap(link, &frames), pcapng(link, &frames)] {
            let replay = Replay::from_capture(&capture).expect("a stream");
            assert_eq!(
                (replay.packet_count(), replay.round()),
                (50, secs(1)),
                "{link:?}"
            );
            let mut bench = Bench::new(Codec::Pcmu);
            bench.run(ms(500));
            let begin = bench.now;
            bench.ends[LEFT].set_source(Source::Replay(replay.into()), begin);
            bench.run(ms(2500));
            let report = bench.ends[RIGHT].report();
            assert_eq!(report.received.len(), 1);
            let stream = &report.received[0];
            assert_eq!(
                (stream.lost, stream.restarts, stream.packets),
                (0, 0, 150),
                "{link:?}"
            );
            assert!(stream.jitter_max < ms(2), "{stream:?}");
            let listener = bench.ends[RIGHT].listener();
            let heard = listener.heard(Sound::Tone(1004.0), begin + ms(60), bench.ago(ms(160)));
            assert!(heard.share() > 0.99, "{link:?} {heard:?}");
        }
    }
}

#[test]
fn other_sources_follow_a_replay_without_a_burst() {
    let frames = frames(&render(&[], secs(1)), DataLink::RAW, false);
    let replay = Replay::from_capture(&pcap(DataLink::RAW, &frames)).expect("a stream");
    let mut bench = Bench::new(Codec::Pcma);
    bench.ends[LEFT].set_source(Source::Replay(replay.into()), bench.start);
    bench.run(ms(1010));
    bench.ends[LEFT].set_muted(true);
    bench.run(ms(1000));
    let now = bench.now;
    bench.ends[LEFT].set_muted(false);
    bench.ends[LEFT].set_source(Source::Silence, now);
    bench.run(ms(1000));
    let sent = bench.ends[LEFT].report().sent;
    assert!(
        (150..=152).contains(&sent.packets) && sent.skipped == 0,
        "{sent:?}"
    );
    let stream = &bench.ends[RIGHT].report().received[0];
    assert!(
        stream.jitter_max < ms(2) && stream.restarts == 0,
        "{stream:?}"
    );
}

#[test]
fn captures_without_rtp_are_refused_with_what_they_have() {
    let text = [(ms(0), b"hello, this is no IP packet".to_vec())];
    let none = Replay::from_capture(&pcap(DataLink::ETHERNET, &text));
    let Err(ReplayError::NoRtp {
        packets,
        link_types,
    }) = none
    else {
        panic!("{none:?}")
    };
    assert_eq!((packets, link_types), (1, vec![1]));
    for octets in [&b""[..], b"no capture", &[0x0a, 0x0d, 0x0d, 0x0a, 0, 0]] {
        let refused = Replay::from_capture(octets);
        assert!(
            matches!(refused, Err(ReplayError::Unreadable { .. })),
            "{refused:?}"
        );
    }
}

#[test]
fn no_octets_make_a_session_or_a_reader_panic() {
    let mut rng = fastrand::Rng::with_seed(9);
    let mut bench = Bench::new(Codec::Pcmu);
    let frames = frames(&render(&[], ms(60)), DataLink::ETHERNET, false);
    let captures = [
        pcap(DataLink::ETHERNET, &frames),
        pcapng(DataLink::ETHERNET, &frames),
    ];
    let mut sent = Vec::new();
    let mut out = Vec::new();
    let mut now = bench.start;
    for round in 0..30_000 {
        now += Duration::from_micros(rng.u64(..4000));
        if bench.ends[LEFT].poll_transmit(now, &mut out).is_some() {
            sent.clone_from(&out);
        }
        // Half of the datagrams are real ones with a few octets changed.
        let mut datagram = if rng.bool() {
            sent.clone()
        } else {
            (0..rng.usize(..100)).map(|_| rng.u8(..)).collect()
        };
        for _ in 0..rng.usize(..4) {
            if !datagram.is_empty() {
                let at = rng.usize(..datagram.len().min(40));
                datagram[at] = rng.u8(..);
            }
        }
        let session: &mut RtpSession = &mut bench.ends[RIGHT];
        session.handle_datagram(now, rtp_address(LEFT), &datagram);
        while session.poll_transmit(now, &mut out).is_some() {}
        if round % 100 == 0 {
            let _ = (
                session.report(),
                session.listener().silence(bench.start, now),
            );
            let mut capture = captures[rng.usize(..2)].clone();
            for _ in 0..rng.usize(1..6) {
                let at = rng.usize(..capture.len());
                capture[at] = rng.u8(..);
            }
            capture.truncate(rng.usize(..capture.len()));
            let _ = (Replay::from_capture(&capture), read_wav(&capture));
        }
    }
    let agreed = negotiated(Codec::Pcma, rtp_address(LEFT));
    bench.ends[RIGHT].renegotiate(agreed, now);
}
