//! Packets on the wire: known octets, round trips, and any octets at all.

use gannet_rtp::{
    ReportBlock, RtcpPacket, RtpPacket, RtpPacketBuilder, SenderInfo, TelephoneEvent,
    datagram_kind, parse_rtcp, write_rtcp,
};

#[test]
fn an_rtp_packet_with_everything_is_read() {
    let octets = [
        0xb2, 0x80, 0x12, 0x34, 0, 0, 0, 160, 0xca, 0xfe, 0xba, 0xbe, // fixed header
        0, 0, 0, 1, 0, 0, 0, 2, // CSRC
        0xbe, 0xde, 0, 1, 1, 2, 3, 4, // extension
        0xd5, 0xd5, 0xd5, // payload
        0, 2, // padding
    ];
    let packet = RtpPacket::parse(&octets).expect("well-formed");
    assert!(packet.marker_bit());
    assert_eq!(
        (packet.payload_type(), packet.sequence_number()),
        (0, 0x1234)
    );
    assert_eq!((packet.timestamp(), packet.ssrc()), (160, 0xcafe_babe));
    assert_eq!(packet.csrc().collect::<Vec<_>>(), [1, 2]);
    assert_eq!(packet.extension(), Some((0xbede, [1, 2, 3, 4].as_slice())));
    assert_eq!(packet.payload(), [0xd5; 3]);
    assert_eq!(packet.padding(), Some(2));
}

#[test]
fn broken_rtp_packets_are_refused() {
    let good = RtpPacketBuilder::<&[u8], &[u8]>::new()
        .payload_type(8)
        .payload(&[1, 2, 3, 4])
        .write_vec()
        .expect("fits");
    let changed = |index: usize, value: u8| {
        let mut octets = good.clone();
        octets[index] = value;
        octets
    };
    let cases = [
        ("too short", good[..11].to_vec()),
        ("version 1", changed(0, 0x40)),
        ("CSRC list past the end", changed(0, 0x8f)),
        ("extension past the end", changed(0, 0x90)[..14].to_vec()),
        ("padding longer than the payload", changed(0, 0xa0)),
    ];
    for (name, mut octets) in cases {
        if name.starts_with("padding") {
            *octets.last_mut().expect("not empty") = 200;
        }
        assert!(RtpPacket::parse(&octets).is_err(), "{name}");
    }
}

#[test]
fn rtcp_is_given_back_as_it_was_written() {
    let block = ReportBlock {
        ssrc: 7,
        fraction_lost: 51,
        cumulative_lost: -3,
        extended_sequence: 70_000,
        jitter: 12,
        last_sender_report: 0x1234_5678,
        delay_since_last_sender_report: 65_536,
    };
    let packets = vec![
        RtcpPacket::SenderReport {
            ssrc: 1,
            info: SenderInfo {
                ntp_timestamp: 0xe000_0000_8000_0000,
                rtp_timestamp: 160,
                packet_count: 10,
                octet_count: 1600,
            },
            blocks: vec![block],
        },
        RtcpPacket::SourceDescription {
            ssrc: 1,
            cname: "alice@192.0.2.1".to_owned(),
        },
        RtcpPacket::ReceiverReport {
            ssrc: 2,
            blocks: vec![block, block],
        },
        RtcpPacket::Bye {
            sources: vec![1, 2],
            reason: Some("done".to_owned()),
        },
    ];
    let mut octets = Vec::new();
    write_rtcp(&packets, &mut octets).expect("fits");
    assert_eq!(octets.len() % 4, 0);
    assert_eq!(parse_rtcp(&octets).expect("well-formed"), packets);
}

#[test]
fn a_compound_that_cannot_be_written_leaves_the_buffer_alone() {
    let mut octets = vec![1, 2, 3];
    let blocks = vec![ReportBlock::default(); 32];
    assert!(
        write_rtcp(
            &[RtcpPacket::ReceiverReport { ssrc: 1, blocks }],
            &mut octets
        )
        .is_err()
    );
    assert_eq!(octets, [1, 2, 3]);
}

#[test]
fn packets_of_other_types_are_named() {
    let octets = [0x80, 204, 0, 2, 0, 0, 0, 1, b'n', b'a', b'm', b'e'];
    assert_eq!(
        parse_rtcp(&octets),
        Ok(vec![RtcpPacket::Other { packet_type: 204 }])
    );
}

#[test]
fn no_octets_make_the_readers_panic() {
    let mut rng = fastrand::Rng::with_seed(3);
    for _ in 0..50_000 {
        let mut octets: Vec<u8> = (0..rng.usize(..80)).map(|_| rng.u8(..)).collect();
        if let [first, second, third, fourth, ..] = octets.as_mut_slice() {
            // Most octets fail at the version; let half get further.
            if rng.bool() {
                *first = 0x80 | (*first & 0x3f);
                *second = rng.u8(198..208);
                (*third, *fourth) = (0, rng.u8(0..20));
            }
        }
        let _ = (
            datagram_kind(&octets),
            parse_rtcp(&octets),
            TelephoneEvent::parse(&octets),
        );
        if let Ok(packet) = RtpPacket::parse(&octets) {
            let _ = (packet.payload(), packet.extension(), packet.csrc().count());
        }
    }
}
