use super::super::keys::MasterKey;
use super::super::suite::{Protection, Suite};
use super::*;

fn octets(text: &str) -> Vec<u8> {
    let text: String = text.split_whitespace().collect();
    let pair = |at: usize| u8::from_str_radix(&text[at..at + 2], 16).expect("hex");
    (0..text.len()).step_by(2).map(pair).collect()
}

const KEY: &str = "e1f97a0d3e018be0d64fa32c06de41390ec675ad498afeebb6960b3aabe6";
const GCM_KEY: &str = "000102030405060708090a0b0c0d0e0fa0a1a2a3a4a5a6a7a8a9aaab";

fn report() -> Vec<u8> {
    let mut report = octets("81c8000bcafebabe");
    report.extend([0xab; 16]);
    report
}

fn context(suite: Suite, key: &str) -> SrtpContext {
    let master = MasterKey::new(suite, &octets(key)).expect("a key of the suite");
    SrtpContext::new(Protection::of(suite), &master)
}

/// The second packet of a source, which implementations of SRTP are checked with.
fn second(suite: Suite, key: &str) -> Vec<u8> {
    let mut context = context(suite, key);
    let mut packet = report();
    context.protect_control(&mut packet).expect("RTCP");
    packet = report();
    context.protect_control(&mut packet).expect("RTCP");
    packet
}

#[test]
fn reports_are_protected_as_by_others() {
    assert_eq!(
        second(Suite::AesCm80, KEY),
        octets(
            "81c8000bcafebabe 7128035be487b9bdbef89041f977a5a8 80000001
             993e08cd54d6c1230798"
        )
    );
    assert_eq!(
        second(Suite::Aes128Gcm, GCM_KEY),
        octets(
            "81c8000bcafebabe c98b8b5df0392a55852b6c21ac8e7025
             c52c6fbea2b3b446ea31123ba88ce61e 80000001"
        )
    );
}

#[test]
fn each_protection_can_be_taken_off_once() {
    let mut rng = fastrand::Rng::with_seed(1);
    for suite in Suite::ALL {
        let master = MasterKey::random(suite, &mut rng);
        let whole = Protection::of(suite);
        for protection in [
            whole,
            Protection {
                encrypts_control: false,
                ..whole
            },
            Protection {
                identifier: Some((5, 2)),
                ..whole
            },
        ] {
            let mut sends = SrtpContext::new(protection, &master);
            let mut takes = SrtpContext::new(protection, &master);
            for _ in 0..3 {
                let mut packet = report();
                sends.protect_control(&mut packet).expect("RTCP");
                let is_hidden = packet[8..24] != report()[8..];
                assert_eq!(is_hidden, protection.encrypts_control, "{protection:?}");
                let mut again = packet.clone();
                takes.unprotect_control(&mut packet).expect("authentic");
                assert_eq!(packet, report(), "{protection:?}");
                let mut changed = again.clone();
                changed[9] ^= 1;
                let taken = takes.unprotect_control(&mut changed);
                assert_eq!(taken, Err(SrtpError::NotAuthentic));
                let taken = takes.unprotect_control(&mut again);
                assert_eq!(taken, Err(SrtpError::Replayed));
            }
        }
    }
}

#[test]
fn cut_packets_are_refused() {
    for suite in Suite::ALL {
        let mut rng = fastrand::Rng::with_seed(2);
        let master = MasterKey::random(suite, &mut rng);
        let mut packet = report();
        let mut sends = SrtpContext::new(Protection::of(suite), &master);
        sends.protect_control(&mut packet).expect("RTCP");
        for length in 0..packet.len() {
            let mut takes = SrtpContext::new(Protection::of(suite), &master);
            let mut cut = packet[..length].to_vec();
            assert!(takes.unprotect_control(&mut cut).is_err(), "{length}");
        }
    }
}
