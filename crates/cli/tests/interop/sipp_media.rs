//! What `gannet sipp` sends as media, as tshark reads it and baresip hears it.

use std::time::Duration;

use crate::harness::{
    Account, Baresip, ForeignPhone, HeardTone, LoopbackCapture, Ports, Process, Program, Site,
    Tshark, until,
};

const LIMIT: Duration = Duration::from_secs(30);

#[test]
fn keys_and_streams_are_sound_rtp() {
    let name = "keys_and_streams_are_sound_rtp";
    let Some(site) = Site::open(name, &["tshark", "dumpcap"]) else {
        return;
    };
    let scenario = include_str!("sipp/media_caller.xml");
    let scenario = site.write("caller.xml", scenario);
    site.write("speech.raw", &"speech".repeat(2_000));
    let ports = Ports::free();
    let (at, media) = (ports.nth(0), ports.media().start);
    let capture = LoopbackCapture::start(&site, media);
    let play = |name: &str, arguments: &[&str]| {
        Process::start(env!("CARGO_BIN_EXE_gannet"), &site.file(name), |command| {
            command.args(["sipp", "-i", "127.0.0.1", "-nostdin", "-m", "1"]);
            command.args(arguments);
        })
    };
    let (at_text, media_text) = (at.to_string(), media.to_string());
    let mut callee = play(
        "callee",
        &["-sn", "uas", "-p", &at_text, "-mp", &media_text],
    );
    until("the callee to listen", LIMIT, || {
        std::net::UdpSocket::bind(("127.0.0.1", at))
            .is_err()
            .then_some(())
    });
    let from = ports.nth(1).to_string();
    let own_media = (media + 4).to_string();
    let target = format!("127.0.0.1:{at}");
    let file = scenario.to_string_lossy();
    let arguments = ["-sf", &file, "-p", &from, "-mp", &own_media, &target];
    let caller = play("caller", &arguments).wait(LIMIT);
    assert_eq!(caller.code, Some(0), "{}", caller.output);
    assert_eq!(callee.wait(LIMIT).code, Some(0));
    let file = capture.stop();
    let tshark = Tshark::of(&site, &file).hearing(media);
    assert_eq!(tshark.packets("_ws.malformed"), Vec::<String>::new());
    // 12,000 octets in packets of 160.
    assert_eq!(tshark.packets("rtp.p_type == 8").len(), 75);
    assert_eq!(tshark.packets("rtp.p_type == 97").len(), 20);
    let tshark = tshark.hearing_events(96);
    let events = tshark.packets("rtpevent.end_of_event == 1");
    let keys: Vec<&str> = ["One", "Pound", "Nine"]
        .into_iter()
        .filter(|key| events.iter().any(|line| line.contains(key)))
        .collect();
    assert_eq!((keys.len(), events.len()), (3, 9), "{events:#?}");
}

/// baresip refuses what is not SRTP; its tone comes back to it only if each side reads the other.
#[test]
fn baresip_hears_itself_over_srtp() {
    const TONE_HZ: u16 = 600;
    let name = "baresip_hears_itself_over_srtp";
    let Some(site) = Site::open(name, &["baresip", "python3"]) else {
        return;
    };
    let nowhere = Account {
        user: "bob".to_owned(),
        password: "-".to_owned(),
        server: "-".to_owned(),
        domain: "example.org".to_owned(),
    };
    let settings = ["reg=0", "mediaenc=srtp-mand"];
    let mut phone = Baresip::start(&site, &nowhere, TONE_HZ, &settings);
    let example = include_str!("../../../../scenarios/sipp/srtp/uac.xml");
    let echo = r#"rtp_echo="startaudio,0,PCMU/8000""#;
    let example = example.replace(r#"rtp_stream="apattern,1,0,PCMU/8000""#, echo);
    let example = example.replace("milliseconds=\"1000\"", "milliseconds=\"3000\"");
    let line = |slot: &str| {
        let mut lines = example.lines();
        lines
            .find(|line| line.contains(&format!("a=crypto:[cryptotag{slot}audio]")))
            .expect("the example has two keys")
    };
    let (long_tag, short_tag) = (line("1"), line("2"));
    for without in [short_tag, long_tag] {
        site.write("uac.xml", &example.replace(&format!("{without}\n"), ""));
        let words = format!("-sf uac.xml -s bob -m 1 127.0.0.1:{}", phone.port());
        let caller = Program::Gannet.start(&site, &Ports::free(), &words).wait();
        caller.assert_all_passed(1);
        let heard = HeardTone::of(&site, &phone.finished_recording());
        assert!((heard.hz - f32::from(TONE_HZ)).abs() < 20.0, "{heard:?}");
        assert!(heard.rms > 1_000.0 && heard.seconds > 2.0, "{heard:?}");
    }
}
