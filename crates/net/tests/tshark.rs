//! Our captures as Wireshark reads them. Skipped, aloud, where tshark is not installed.

use std::fs::File;
use std::io::BufWriter;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use gannet_events::{Direction, WireKind, WireRecord};
use gannet_net::{Duplicates, PcapSummary, write_pcap, write_pcapng};

const RTP_PACKETS: u8 = 10;

/// A call from Alice to Bob that both recorded: INVITE, 200, ACK, RTP both ways, one RTCP each way,
/// BYE, 200. The INVITE is sent twice, the first being lost, where the transport can lose.
fn call(host: &str, transport: &'static str) -> Vec<WireRecord> {
    let ip = host.trim_matches(['[', ']']);
    let [alice, bob, alice_rtp, bob_rtp] = [25_061, 25_062, 40_000, 40_002]
        .map(|port| format!("{host}:{port}").parse().expect("an address"));
    let mut call = Call {
        transport,
        at: Duration::from_millis(1_700_000_000_123),
        records: Vec::new(),
    };
    let sdp = |port: SocketAddr| {
        let family = if ip.contains(':') { "IP6" } else { "IP4" };
        format!(
            "v=0\r\no=- 1 1 IN {family} {ip}\r\ns=-\r\nc=IN {family} {ip}\r\nt=0 0\r\n\
             m=audio {} RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n",
            port.port()
        )
    };
    let message = |start: &str, cseq: &str, body: &str| {
        let kind = if body.is_empty() {
            ""
        } else {
            "Content-Type: application/sdp\r\n"
        };
        format!(
            "{start}\r\nVia: SIP/2.0/{transport} {alice};branch=z9hG4bK{cseq_id}\r\n\
             Max-Forwards: 70\r\nFrom: <sip:alice@{host}>;tag=a\r\nTo: <sip:bob@{host}>;tag=b\r\n\
             Call-ID: 1@{ip}\r\nCSeq: {cseq}\r\nContact: <sip:alice@{alice}>\r\n{kind}\
             X-Padding: {padding}\r\nContent-Length: {length}\r\n\r\n{body}",
            cseq_id = cseq.replace(' ', ""),
            // Longer than a TCP segment, so that messages have to be put together again.
            padding = "x".repeat(1500),
            length = body.len(),
        )
    };
    let invite = message(
        &format!("INVITE sip:bob@{bob} SIP/2.0"),
        "1 INVITE",
        &sdp(alice_rtp),
    );
    if transport == "UDP" {
        call.cross(WireKind::Sip, (alice, bob), invite.as_bytes(), true);
    }
    call.cross(WireKind::Sip, (alice, bob), invite.as_bytes(), false);
    let ok = message("SIP/2.0 200 OK", "1 INVITE", &sdp(bob_rtp));
    call.cross(WireKind::Sip, (bob, alice), ok.as_bytes(), false);
    let ack = message(&format!("ACK sip:bob@{bob} SIP/2.0"), "1 ACK", "");
    call.cross(WireKind::Sip, (alice, bob), ack.as_bytes(), false);
    for number in 0..RTP_PACKETS {
        for (ssrc, ends) in [(1, (alice_rtp, bob_rtp)), (2, (bob_rtp, alice_rtp))] {
            let mut packet = vec![0x80, 0, 0, number, 0, 0, 0, number, 0, 0, 0, ssrc];
            packet.extend([0xff; 160]);
            call.cross(WireKind::Rtp, ends, &packet, false);
        }
    }
    let above = |address: SocketAddr| SocketAddr::new(address.ip(), address.port() + 1);
    let receiver_report_and_name = [
        0x80, 201, 0, 1, 0, 0, 0, 1, 0x81, 202, 0, 2, 0, 0, 0, 1, 1, 1, b'a', 0,
    ];
    let ends = (above(alice_rtp), above(bob_rtp));
    call.cross(WireKind::Rtcp, ends, &receiver_report_and_name, false);
    let bye = message(&format!("BYE sip:bob@{bob} SIP/2.0"), "2 BYE", "");
    call.cross(WireKind::Sip, (alice, bob), bye.as_bytes(), false);
    let ok = message("SIP/2.0 200 OK", "2 BYE", "");
    call.cross(WireKind::Sip, (bob, alice), ok.as_bytes(), false);
    call.records
}

struct Call {
    transport: &'static str,
    at: Duration,
    records: Vec<WireRecord>,
}

impl Call {
    /// A packet that the sender and, unless it was lost, the receiver record.
    fn cross(&mut self, kind: WireKind, ends: (SocketAddr, SocketAddr), bytes: &[u8], lost: bool) {
        let (from, to) = ends;
        let sent = WireRecord {
            at: self.at,
            direction: Direction::Sent,
            kind,
            transport: if kind == WireKind::Sip {
                self.transport
            } else {
                "UDP"
            },
            local: from,
            remote: to,
            owner: Arc::from("Alice"),
            bytes: Bytes::copy_from_slice(bytes),
            dropped: lost,
            ignored: false,
        };
        self.at += Duration::from_micros(1500);
        if !lost {
            self.records.push(WireRecord {
                at: self.at,
                direction: Direction::Received,
                local: to,
                remote: from,
                owner: Arc::from("Bob"),
                ..sent.clone()
            });
        }
        self.records.push(sent);
    }
}

/// tshark's fields of the packets that pass the filter, a line each; `None` without tshark.
fn tshark(file: &Path, filter: &str, fields: &[&str]) -> Option<Vec<String>> {
    let mut command = Command::new("tshark");
    command.args([
        "-n",
        "-o",
        "udp.check_checksum:TRUE",
        "-o",
        "tcp.check_checksum:TRUE",
    ]);
    command
        .args(["-o", "ip.check_checksum:TRUE", "-r"])
        .arg(file);
    command.args(["-Y", filter, "-T", "fields"]);
    for field in fields {
        command.args(["-e", field]);
    }
    let output = match command.output() {
        Ok(output) => output,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return None,
        Err(error) => panic!("tshark cannot run: {error}"),
    };
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{filter}: {complaint}");
    let lines = String::from_utf8_lossy(&output.stdout);
    Some(lines.lines().map(str::to_owned).collect())
}

#[expect(clippy::print_stderr, reason = "a skipped test shall be seen")]
fn skipped() {
    eprintln!("skipped: tshark is not installed");
}

fn check(file: &Path, sip: usize) -> Option<()> {
    let count = |filter: &str| tshark(file, filter, &["frame.number"]).map(|lines| lines.len());
    assert_eq!(count("sip")?, sip);
    assert_eq!(count("rtp")?, usize::from(RTP_PACKETS) * 2);
    assert_eq!(count("rtcp")?, 1);
    assert_eq!(count("sdp")?, sip - 3, "INVITE and its 200 carry SDP");
    let complaints = tshark(
        file,
        "_ws.malformed || _ws.expert.severity >= 0x00600000 || tcp.analysis.flags \
         || udp.checksum.status == 0 || tcp.checksum.status == 0 || ip.checksum.status == 0",
        &["frame.number", "_ws.expert.message"],
    )?;
    assert_eq!(complaints, Vec::<String>::new());
    Some(())
}

#[test]
fn pcapng_is_read_without_complaint() {
    let directory = tempfile::tempdir().expect("a directory");
    for (host, transport) in [
        ("127.0.0.1", "UDP"),
        ("127.0.0.1", "TCP"),
        ("[::1]", "UDP"),
        ("[::1]", "TCP"),
    ] {
        let records = call(host, transport);
        let path = directory.path().join("call.pcapng");
        let file = BufWriter::new(File::create(&path).expect("a file"));
        let summary = write_pcapng(file, &records, Duplicates::Merge).expect("written");
        let lost = u64::from(transport == "UDP");
        let expected = PcapSummary {
            written: 5 + u64::from(RTP_PACKETS) * 2 + 1 + lost,
            merged: 5 + u64::from(RTP_PACKETS) * 2 + 1,
            lost,
            unfit: 0,
        };
        assert_eq!(summary, expected);
        if check(&path, 5 + lost as usize).is_none() {
            return skipped();
        }
        let comments = tshark(&path, "sip", &["frame.comment"]).unwrap_or_default();
        let lost_comments = comments
            .iter()
            .filter(|c| c.contains("lost: dropped"))
            .count();
        assert_eq!(lost_comments as u64, lost, "{comments:?}");
    }
}

#[test]
fn pcap_has_the_same_packets_without_those_that_were_lost() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("call.pcap");
    let file = BufWriter::new(File::create(&path).expect("a file"));
    let summary = write_pcap(file, &call("127.0.0.1", "UDP"), Duplicates::Merge);
    let summary = summary.expect("written");
    assert_eq!((summary.written, summary.lost), (26, 1));
    if check(&path, 5).is_none() {
        return skipped();
    }
    let times = tshark(&path, "frame.number == 1", &["frame.time_epoch"]);
    let first = times.unwrap_or_default().join("");
    assert_eq!(first.trim_end_matches('0'), "1700000000.1245");
}
