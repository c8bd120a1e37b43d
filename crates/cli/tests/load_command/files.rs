//! Files and options that do not work are refused before anything is sent.

use crate::process::load;

const CLIENT: &str = "sip.xml basic/client.conf.xml basic/client.scen.xml";

#[test]
fn files_that_are_missing_or_too_many_are_named() {
    for (words, parts) in [
        (
            "sip.xml basic/client.scen.xml",
            vec!["a configuration (<configuration>) is missing"],
        ),
        (
            "basic/client.conf.xml",
            vec![
                "error: a dictionary (<protocol>) is missing",
                "error: a scenario (<scenario>) is missing",
            ],
        ),
        (
            "sip.xml basic/client.conf.xml basic/server.conf.xml basic/client.scen.xml",
            vec!["`basic/client.conf.xml` and `basic/server.conf.xml` are both a configuration"],
        ),
        (
            "sip.xml basic/nothing.xml data/callers.csv",
            vec![
                "cannot read `basic/nothing.xml`",
                "`data/callers.csv` is none of Seagull's files",
            ],
        ),
        (
            "../../features/alice_calls.feature",
            vec![
                "is a feature",
                "`gannet test ../../features/alice_calls.feature` runs it",
            ],
        ),
    ] {
        load(words).expect(2, &parts);
    }
}

#[test]
fn a_scenario_of_sipp_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("uac.xml");
    std::fs::write(
        &file,
        "<scenario name=\"uac\"><send><![CDATA[x]]></send></scenario>",
    )
    .unwrap();
    load(&format!("{} sip.xml", file.display())).expect(2, &["is a scenario of SIPp"]);
}

#[test]
fn options_that_do_not_go_with_the_files_are_told() {
    for (options, parts) in [
        (
            "--dest sib=127.0.0.1:5060",
            vec!["no channel has the name `sib`, did you mean `sip`?"],
        ),
        ("--dest 127.0.0.1", vec!["the port is missing"]),
        ("--rate 0", vec!["the rate is 0"]),
        (
            "--shards 2",
            vec!["one source port, which only one shard can have"],
        ),
        ("--rate fast", vec!["calls per second, for example 50"]),
        ("--ramp 10", vec!["for example 1000/30s"]),
        ("--duration soon", vec!["for example 20s"]),
        ("--answer ACK", vec!["other than INVITE, ACK and CANCEL"]),
        ("--calls 0", vec!["0 is not in 1.."]),
        ("--durtion 5s", vec!["--duration"]),
        ("--log-level all", vec!["--log <FILE>"]),
    ] {
        load(&format!("{CLIENT} {options}")).expect(2, &parts);
    }
    load("sip.xml basic/server.conf.xml basic/server.scen.xml --dest 127.0.0.1:1")
        .expect(2, &["waits for peers (mode=server) and calls none"]);
    load("sip.xml correlation/middle.conf.xml correlation/middle.scen.xml --source 127.0.0.1:0")
        .expect(2, &["which channel?", "there is in, out"]);
}

#[test]
fn faults_of_the_files_have_a_place_and_nothing_is_sent() {
    let folder = tempfile::tempdir().unwrap();
    let scenario = folder.path().join("bad.xml");
    let text = std::fs::read_to_string(crate::process::examples().join("basic/client.scen.xml"));
    let text = text.unwrap().replace("entity=\"to\"", "entity=\"too\"");
    std::fs::write(&scenario, text).unwrap();
    let words = format!("sip.xml basic/client.conf.xml {}", scenario.display());
    load(&words).expect(
        2,
        &[
            "bad.xml:",
            "^^^",
            "did you mean",
            "3 errors in the files; nothing was sent",
        ],
    );
}

#[test]
fn what_the_machine_refuses_has_an_exit_code_of_its_own() {
    let taken = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    load(&format!("{CLIENT} --source {address}")).expect(3, &["in use", &address.to_string()]);
    load(&format!(
        "{CLIENT} --source 127.0.0.1:0 --stat /no/such/folder/x.csv"
    ))
    .expect(3, &["cannot write `/no/such/folder/x.csv`"]);
    load(&format!(
        "{CLIENT} --source 127.0.0.1:0 --dest no-such-host.invalid:5060"
    ))
    .expect(3, &["no-such-host.invalid"]);
}

#[test]
fn the_manual_names_every_option() {
    let folder = crate::process::examples();
    let manual = std::fs::read_to_string(folder.join("../../docs/seagull.md")).unwrap();
    let help = load("--help").out;
    let options = help
        .split_whitespace()
        .filter(|word| word.starts_with("--"));
    let ours = options.map(|word| word.trim_end_matches(|last: char| !last.is_alphanumeric()));
    let everywhere = ["--help", "--colour"];
    for option in ours.filter(|option| !everywhere.contains(option)) {
        assert!(manual.contains(option), "docs/seagull.md has no {option}");
    }
    let seagull = crate::process::start(&["seagull", "-help"]).end().out;
    let options = seagull
        .lines()
        .filter_map(|line| line.trim_start().split(' ').next());
    for option in options.filter(|word| word.starts_with('-') && *word != "-help") {
        assert!(manual.contains(option), "docs/seagull.md has no {option}");
    }
}
